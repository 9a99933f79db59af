/**
 * Quotes a word of a command line that users may copy into a shell, where `&` in a URL would split
 * it.
 */
export function shellWord(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
