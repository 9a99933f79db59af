import fc from 'fast-check';

/** What pastes are made of, and what looks like the start of something. */
const fragments: readonly string[] = [
  ...['"', '\\"', '\\\\"', '\\', '\\\\', "'", "\\'", "''", '""', '`', '“', '”', '‘', '’', '«', '»'],
  ...['\u00a0', '\ufeff', '\u200b', ' ', '\t', '\n', '\r\n', '\n ', '\n> ', '> ', 'é', '\ud83c'],
  ...['{', '}', '[', ']', '(', ')', '<', '>', ',', ':', ';', '|', '=', '&', '?', '@', '$', '^'],
  ...['{"', '"}', '{"a":', '{"a":"', '["', '[{', '{[', '{a:', '1.', '-', 'e5', 'nul', 'null', 'x'],
  ...['{"data":"', '{"data":', '"data":"', '"data": ', 'data=', 'data={"', 'data={', 'data="'],
  ...["data='", 'data=“', 'data=%7B', 'data=eyJ', 'Data=', 'data => ', '"data", "', "'data' => '"],
  ...['[data] => ', '%', '%7B', '%7B%22', '%22', '%25', '25', '%20', '%0A', '%E0', '%zz'],
  ...['&amp;', 'amp;', '&quot;', '&#34;', '&a=1', '&data=', 'eyJ', 'eyJh', 'eyJhIjoi', 'ewo'],
  ...['ZGF0YT', 'A', 'abc', '0', '7b22', '\\n', '\\u', '\\x22', '\\u0022', '\\xe0', '\\u{', 'dat'],
  ...['curl ', 'curl -d ', "curl -d '", 'curl -d "', 'curl -d “', 'curl -F data=', 'curl ^"'],
  ...['curl `\n', "curl $'", '\ncurl -d ', '$ curl ', 'http POST ', 'wget --post-data '],
  ...['iwr -Body ', 'Invoke-RestMethod -Body @{data=', "@'\n", '^"', ';\n', '```\n', '~~~\n'],
  ...['POST /hook HTTP/1.1\n', 'POST / HTTP/1.1\n\n', '> POST / HTTP/1.1\n', 'HTTP/1.1 200 OK\n'],
  ...['Content-Type: a\n', '--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n', '--b'],
  ...['<a', '<a>', '<mailto:', '<mailto:a@b|a@b>', '<!--', '\x1b[', '\x1b[0m', 'web_1 | '],
  ...['Array\n(\n', 'Array', 'array(', 'array (', '    [data] => Array\n', '[a] => ', '=>'],
  ...['string(3) "', 'string(50000) "', 'object(', 'map[string]', 'defaultdict(', 'None', 'true'],
  ...['[Object: null prototype] ', '[Object]', '…', '... 3 more items', '://', '/', 'INFO body='],
  ...['2024-01-01T00:00:00Z ', '127.0.0.1 - - [10/Oct/2024] "POST /hook?data='],
  ...['{"shop":[{"channel":"sms"', '{"shop":[{"channel":"sms"}]}'],
  'data=%7B%22shop%22%3A%5B%7B%22channel%22%3A%22sms%22%7D%5D%7D',
];

/** A paste of any length: something that is repeated, and perhaps another thing that is. */
export interface Recipe {
  readonly before: string;
  readonly repeated: string;
  readonly between: string;
  readonly other: string;
  readonly behind: string;
}

const few = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...fragments), { minLength, maxLength }).map((all) => all.join(''));

export const recipe: fc.Arbitrary<Recipe> = fc.record({
  before: few(0, 3),
  repeated: few(1, 3),
  between: few(0, 2),
  other: fc.oneof(fc.constant(''), few(1, 3)),
  behind: few(0, 2),
});

/** About so many characters of it. */
export function pasteOf(recipe: Recipe, length: number): string {
  const { before, repeated, between, other, behind } = recipe;
  const fill = (piece: string, room: number) => piece.repeat(Math.ceil(room / piece.length));
  const half = other === '' ? length : length / 2;
  return [before, fill(repeated, half), between, other && fill(other, half), behind].join('');
}

/** Pastes of these were slow or took much memory once. Each piece begins what could be a payload. */
export const hostilePieces: readonly (readonly [name: string, piece: string])[] = [
  ['commands', 'curl -d \'data=%7B"\n'],
  ['commands on one line', 'curl '],
  ['commands without a body', 'curl \n'],
  ['commands in bent quotes', 'curl -d “{\n'],
  ['keys on lines', '{"a":"\n'],
  ['backslashes', '{\\"'],
  ['escaped lists', '[\\"'],
  ['bytes in hexadecimal', '{\\x22'],
  ['entities', '{&quot;'],
  ['tags', '<b>{"'],
  ['marked lines', '> {"\n'],
];
