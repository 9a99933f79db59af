/** Names a sample at the beginning of a finding's sentence. */
export function sampleText(name: string): string {
  return `The sample "${name}"`;
}
