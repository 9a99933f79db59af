/** Names a sample at the beginning of a finding's sentence. */
export function sampleWords(name: string): string {
  return `The sample "${name}"`;
}
