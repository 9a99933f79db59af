/** How many characters of a program's complaint are repeated. */
const maxComplaint = 300;

/** cloudflared's way to begin a line. */
const stamp = /^\d{4}-\d\d-\d\dT\S+\s+[A-Z]{3}\s+/;

/**
 * What a program says of its end, out of its last lines: the last one that calls itself an error,
 * else the last one. For the middle of a sentence, without a full stop. Untrusted text.
 */
export function complaintOf(lines: readonly string[]): string | undefined {
  const said = lines.map((line) => line.trim()).filter((line) => line !== '');
  const line = said.findLast((each) => / ERR /.test(each) && !isHarmless(each)) ?? said.at(-1);
  return line?.replace(stamp, '').replace(/\.$/, '').slice(0, maxComplaint);
}

/** The configuration is left empty with intent. */
function isHarmless(line: string): boolean {
  return line.includes('Configuration file');
}
