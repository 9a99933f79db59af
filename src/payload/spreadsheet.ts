const delimiters = [',', ';', '\t', '|'];

/** The delimiter that the first line of CSV with text has most of, outside quotes. */
export function delimiterOf(csv: string): string {
  const [header = ''] = csv.trimStart().split(/[\r\n]/, 1);
  const plain = header.replace(/"(?:[^"]|"")*"?/g, '');
  const counts = delimiters.map((each) => plain.split(each).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Whether a spreadsheet rounded a long number to this when it saved a file, as in 9.19E+11. */
export function isRoundedNumber(value: string): boolean {
  return /^\d+(?:[.,]\d+)?e\+?\d+$/i.test(value);
}
