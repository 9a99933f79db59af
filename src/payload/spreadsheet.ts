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

/** A spreadsheet runs such a value as a formula. Numbers with a sign stay numbers. */
const formula = /^(?:[=@\t\r\uff1d\uff20\uff0b\uff0d]|[+-](?![\d\s().-]*$))/;

/** The value so that a spreadsheet shows it as text: https://owasp.org/www-community/attacks/CSV_Injection */
export function guarded(value: string): string {
  return formula.test(value) || isGuarded(value) ? `'${value}` : value;
}

/** The value that `guarded` was given. */
export function unguarded(value: string): string {
  return isGuarded(value) ? value.slice(1) : value;
}

function isGuarded(value: string): boolean {
  return value.startsWith("'") && (formula.test(value.slice(1)) || isGuarded(value.slice(1)));
}
