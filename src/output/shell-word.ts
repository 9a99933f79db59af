/** A word of a command line that people may copy into a shell: `&` in a URL would cut it in two. */
export function shellWord(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
