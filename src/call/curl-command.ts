import type { OutgoingCall } from './call.js';

/** Linux limits an argument to 128 kB; a longer body goes through a pipe. */
const maxArgument = 100_000;

export interface CurlOptions {
  readonly insecure: boolean;
  /** The URL as a word of bash, instead of the call's own. */
  readonly url?: string;
  /** The words of a header, to replace those that a person would type. */
  readonly header?: (name: string, value: string) => string | undefined;
  /** Reads the body from this file; `-` is stdin. */
  readonly bodyFile?: string | undefined;
  /** Seconds. */
  readonly maxTime?: number;
}

/**
 * A call as a curl command that runs in bash for any bytes. It holds no secrets: curl asks for the
 * password itself (`-u user`), and other credentials and cookies are read from a variable of the
 * header's name, like `$COOKIE`.
 */
export function curlCommand(
  call: OutgoingCall,
  options: CurlOptions = { insecure: false },
): string {
  const { bodyFile, maxTime } = options;
  const words = [`curl ${options.url ?? quoted(call.url.href)}`];
  if (maxTime !== undefined) words.push(`--include --max-time ${maxTime}`);
  // curl expands braces and brackets in a URL.
  if (/[{}[\]]/.test(call.url.href)) words.push('--globoff');
  if (options.insecure) words.push('--insecure');
  const hasBody = call.body.length > 0 || call.method === 'POST';
  if (call.method === 'HEAD') words.push('--head');
  else if (call.method !== (hasBody ? 'POST' : 'GET')) words.push(`-X ${quoted(call.method)}`);
  words.push(...headerWords(call, hasBody, options));
  if (bodyFile !== undefined && hasBody) {
    return [...words, `--data-binary @${quoted(bodyFile)}`].join(' \\\n  ');
  }
  const body = hasBody ? bodyWords(call.body) : { word: undefined, pipe: '' };
  if (body.word) words.push(body.word);
  return `${body.pipe}${words.join(' \\\n  ')}`;
}

function headerWords(call: OutgoingCall, hasBody: boolean, { header }: CurlOptions): string[] {
  const words = call.headers.flatMap(([name, value]) => {
    const chosen = header?.(name, value);
    if (chosen !== undefined) return [chosen];
    const lower = name.toLowerCase();
    // Our agent would misname the sender; curl adds its own.
    if (lower === 'user-agent' && value.startsWith('netcore-hook/')) return [];
    const user = lower === 'authorization' ? basicUser(value) : undefined;
    if (user !== undefined) return [`-u ${quoted(user)}`];
    if (secretHeaders.has(lower)) return [`-H "${name}: $${headerVariable(name)}"`];
    return [literalHeader(name, value)];
  });
  const hasType = call.headers.some(([name]) => name.toLowerCase() === 'content-type');
  // curl would add its own content type.
  return hasBody && !hasType ? [...words, "-H 'Content-Type:'"] : words;
}

export function literalHeader(name: string, value: string): string {
  return `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`, 'latin1')}`;
}

const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie']);

/** The variable that holds a header's secret value: `COOKIE`. */
export function headerVariable(name: string): string {
  return name.toUpperCase().replace(/^\d|[^A-Z0-9]/g, '_');
}

function basicUser(value: string): string | undefined {
  const match = /^basic +([a-z0-9+/]+=*)$/i.exec(value);
  const text = match?.[1] && Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text ? text.indexOf(':') : -1;
  return text && colon > 0 ? text.slice(0, colon) : undefined;
}

function bodyWords(body: Uint8Array): { word: string; pipe: string } {
  const bytes = Buffer.from(body);
  const word = `--data-raw ${quoted(bytes)}`;
  if (!bytes.includes(0) && word.length <= maxArgument) return { word, pipe: '' };
  // An argument cannot hold a zero byte, but bash's printf can write one.
  return { word: '--data-binary @-', pipe: `printf '%b' '${hexEscaped(bytes)}' | ` };
}

/** Quotes a word for bash. Escapes everything but printable ASCII. */
export function quoted(value: string | Buffer, encoding: BufferEncoding = 'utf8'): string {
  const bytes = typeof value === 'string' ? Buffer.from(value, encoding) : value;
  const text = bytes.toString('latin1');
  return /^[\x20-\x7e]*$/.test(text)
    ? `'${text.replaceAll("'", "'\\''")}'`
    : `$'${hexEscaped(bytes)}'`;
}

/** For `$'…'` and `printf '%b'`. */
function hexEscaped(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(
      /[^\x20-\x7e]|['\\]/g,
      (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}
