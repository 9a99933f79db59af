const maxComplaint = 300;

/** The prefix of cloudflared's log lines. */
const stamp = /^\d{4}-\d\d-\d\dT\S+\s+[A-Z]{3}\s+/;

/**
 * Extracts why a program ended from its last lines: the last error line, else the last line.
 * Untrusted text without a full stop, for the middle of a sentence.
 */
export function complaintOf(lines: readonly string[]): string | undefined {
  const output = lines.map((line) => line.trim()).filter((line) => line !== '');
  const line = output.findLast((each) => / ERR /.test(each) && !isHarmless(each)) ?? output.at(-1);
  return line?.replace(stamp, '').replace(/\.$/, '').slice(0, maxComplaint);
}

/** The configuration is empty on purpose. */
function isHarmless(line: string): boolean {
  return line.includes('Configuration file');
}
