/** How findings call a sample at the beginning of a sentence. */
export function sampleWords(name: string): string {
  return `The sample "${name}"`;
}
