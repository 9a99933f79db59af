import util from 'node:util';
import { describe, expect, test } from 'vitest';
import { writeForm } from '../../../src/payload/form-codec.js';
import { readPaste } from '../../../src/payload/paste/read-paste.js';

/** One payload with all that quoting, encoding and printing can get wrong. */
const P = {
  shop_in: [
    {
      channel: 'email',
      event: 'open',
      custom_params: { Action: 'Email Open' },
      att_params: {
        EMAIL: 'asha@example.com',
        MOBILE: '+910000000001',
        CITY: 'Thane & Kalyan',
        NOTE: '50% off = good; a+b',
        NAME: "Conan O'Brien",
        HI: 'नमस्ते 🎉',
        Q: 'say "hi" \\ now\nline2',
      },
      msgid: '4930',
      event_params: { ts: 221201181254, name: null, ok: true, price: 9990.5 },
    },
  ],
};
// Its JSON, plain and indented; its form bodies; the encoded value alone.
const J = JSON.stringify(P),
  JP = JSON.stringify(P, null, 2),
  F = writeForm(J),
  FI = writeForm(J, 'indented'),
  V = F.slice(5);
const PLUS = `data=${new URLSearchParams({ data: J }).toString().slice(5)}`;
const lower = F.replace(/%[0-9A-F]{2}/g, (m) => m.toLowerCase());
const sq = (s: string) => `'${s.replaceAll("'", "'\\''")}'`;
const dq = (s: string) => `"${s.replace(/[\\"$`]/g, '\\$&')}"`;
const ansi = (s: string) =>
  `$'${s.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
const ansiU = (s: string) =>
  `$'${s
    .replaceAll('\\', '\\\\')
    .replaceAll("'", '\\u0027')
    .replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
const cmd = (s: string) =>
  '^"' +
  s
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/gu, '^$&')
    .replace(/%(?=[a-zA-Z0-9_])/g, '%^') +
  '^"';
const py = (v: unknown): string =>
  v === null
    ? 'None'
    : v === true
      ? 'True'
      : v === false
        ? 'False'
        : typeof v === 'number'
          ? String(v)
          : typeof v === 'string'
            ? v.includes("'") && !v.includes('"')
              ? `"${v.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}"`
              : `'${v.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
            : Array.isArray(v)
              ? `[${v.map(py).join(', ')}]`
              : `{${Object.entries(v ?? {})
                  .map(([k, x]) => `${py(k)}: ${py(x)}`)
                  .join(', ')}}`;
const rb = (v: unknown): string =>
  v === null
    ? 'nil'
    : typeof v !== 'object'
      ? JSON.stringify(v).replaceAll('#{', '\\#{')
      : Array.isArray(v)
        ? `[${v.map(rb).join(', ')}]`
        : `{${Object.entries(v ?? {})
            .map(([k, x]) => `${rb(k)}=>${rb(x)}`)
            .join(', ')}}`;
const phpE = (v: unknown, i = 0): string => {
  const p = '  '.repeat(i);
  if (v === null) return 'NULL';
  if (typeof v === 'string') return `'${v.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof v !== 'object') return String(v);
  return `array (\n${Object.entries(v ?? {})
    .map(
      ([k, x]) =>
        `${p}  ${Array.isArray(v) ? k : phpE(k)} => ${typeof x === 'object' && x ? `\n${p}  ` : ''}${phpE(x, i + 1)},\n`,
    )
    .join('')}${p})`;
};
const phpD = (v: unknown, i = 0): string => {
  const p = '  '.repeat(i);
  if (v === null) return 'NULL';
  if (typeof v === 'boolean') return `bool(${v})`;
  if (typeof v === 'number') return Number.isInteger(v) ? `int(${v})` : `float(${v})`;
  if (typeof v === 'string') return `string(${Buffer.byteLength(v)}) "${v}"`;
  const e = Object.entries(v ?? {});
  return `array(${e.length}) {\n${e.map(([k, x]) => `${p}  [${Array.isArray(v) ? k : JSON.stringify(k)}]=>\n${p}  ${phpD(x, i + 1)}\n`).join('')}${p}}`;
};
const b64 = (s: string) => Buffer.from(s).toString('base64');
const wrap = (s: string, n: number, pre = '') =>
  s.replace(new RegExp(`(.{${n}})`, 'g'), `$1\n${pre}`);
const U = 'https://hooks.example.com/netcore';
const http = (body: string, extra = '', nl = '\r\n') =>
  `POST /netcore?x=1 HTTP/1.1${nl}Host: hooks.example.com${nl}Cookie: data=%7B%22evil%22%3A1%7D${nl}Content-Type: application/x-www-form-urlencoded${nl}${extra}${nl}${body}`;
const chunked = (s: string) => {
  const b = Buffer.from(s);
  let o = '';
  for (let i = 0; i < b.length; i += 300) {
    const c = b.subarray(i, i + 300);
    o += `${c.length.toString(16)}\r\n${c.toString()}\r\n`;
  }
  return `${o}0\r\n\r\n`;
};
const spellings: Readonly<Record<string, string | Uint8Array>> = {
  'a form body': F,
  'an indented form body': FI,
  'blanks as plus': PLUS,
  lower,
  'the bare value': V,
  'the value in quotes': `"${V}"`,
  JSON: J,
  'indented JSON': JP,
  'JSON with tabs': JSON.stringify(P, null, '\t'),
  'JSON with Windows lines': JP.replaceAll('\n', '\r\n'),
  'line feeds behind': `${F}\n\n`,
  'blanks round': `   ${F}  `,
  'a leading question mark': `?${F}`,
  'a trailing ampersand': `${F}&`,
  'other fields around': `event=1&${F}&sig=abc`,
  'a semicolon behind': `${F};`,
  'a PHP assignment': `$data = '${V}';`,
  'a JavaScript assignment': `let data = "${V}"`,
  'a shell export': `export data='${V}'`,
  'an assignment with blanks': `data = ${V}`,
  'a name and a colon': `data: ${V}`,
  'curl -d': `curl ${U} -d ${sq(F)}`,
  'curl -d in double quotes': `curl ${U} -d ${dq(F)}`,
  'curl -d glued': `curl ${U} -d${sq(F)}`,
  'curl --data=': `curl ${U} --data=${sq(F)}`,
  'curl --data-raw, data in URL and header': `curl '${U}?data=evil' -H 'X: data=1' --data-raw ${sq(F)}`,
  'curl --data-binary': `curl ${U} --data-binary ${sq(F)}`,
  'curl -sSLd': `curl -sSLd ${sq(F)} ${U}`,
  'curl -XPOST -sd': `curl -XPOST -sd ${sq(F)} ${U}`,
  'curl --data-urlencode': `curl ${U} --data-urlencode ${sq(`data=${J}`)}`,
  'curl --data-urlencode in double quotes': `curl ${U} --data-urlencode ${dq(`data=${J}`)}`,
  "curl --data-urlencode $''": `curl ${U} --data-urlencode ${ansi(`data=${J}`)}`,
  "curl --data-raw $''": `curl ${U} --data-raw ${ansi(F)}`,
  "curl $'' with unicode escapes": `curl ${U} --data-urlencode ${ansiU(`data=${J}`)}`,
  'curl with two -d': `curl ${U} -d source=journey -d ${sq(F)}`,
  'curl --json': `curl ${U} --json ${sq(J)}`,
  'curl -d with JSON': `curl ${U} -H 'Content-Type: application/json' -d ${sq(J)}`,
  'curl -F': `curl ${U} -F ${sq(`data=${J}`)}`,
  'curl --form-string': `curl ${U} --form-string ${sq(`data=${J}`)}`,
  'curl of cmd.exe': `curl ^"${U}^" ^\r\n  -H ^"Content-Type: application/x-www-form-urlencoded^" ^\r\n  --data-raw ^"${F.replace(/%/g, '^%')}^"`,
  'curl of cmd.exe with JSON': `curl ^"${U}^" ^\n --data-urlencode ${cmd(`data=${J.replace(/\n/g, '')}`)}`,
  'curl.exe': `curl.exe -X POST "${U}" -d "${F}"`,
  'a prompt and an answer': `$ curl ${U} -d ${sq(F)}\n{"ok":true}`,
  'a PowerShell prompt': `PS C:\\Users\\dev> curl.exe ${U} -d '${F}'`,
  'a prompt with a name': `dev@shop:~/app$ curl ${U} \\\n  -d ${sq(F)}`,
  'lost backslashes': `curl -X POST ${U}\n  -H 'A: b'\n  -d ${sq(F)}`,
  'blanks behind a backslash': `curl -X POST ${U} \\  \n  -d ${sq(F)}`,
  'comments round curl': `# send it\ncurl ${U} -d ${sq(F)} # done`,
  'bent double quotes': `curl ${U} -d “${F}”`,
  'bent single quotes':
    `curl ${U} --data-urlencode ‘data=${J.replace(/'/g, '').replace('Conan OBrien', "Conan O'Brien")}’`.replace(
      "O'Brien",
      'OBrien',
    ),
  'wget --post-data': `wget --post-data=${sq(F)} ${U}`,
  'wget --body-data': `wget --method POST --body-data ${sq(F)} ${U}`,
  HTTPie: `http -f POST ${U} data=${sq(J)}`,
  'HTTPie :=': `http POST ${U} data:=${sq(J)}`,
  'HTTPie --raw': `http POST ${U} --raw ${sq(F)}`,
  'Invoke-RestMethod': `Invoke-RestMethod -Uri ${U} -Method Post -Body '${F}'`,
  'Invoke-WebRequest over lines': `Invoke-WebRequest -Uri "${U}" \`\n -Method POST \`\n -Body "${F}"`,
  'a PowerShell table': `Invoke-RestMethod -Uri ${U} -Method Post -Body @{ data = '${J.replaceAll("'", "''")}' }`,
  'a PowerShell table in a variable': `$body = @{\n  data = '${J.replaceAll("'", "''")}'\n}\nInvoke-RestMethod -Uri ${U} -Body $body`,
  'a PowerShell variable': `$body = '${F}'\nInvoke-RestMethod -Uri ${U} -Method Post -Body $body`,
  'fetch as copied': `fetch("${U}", {\n  "headers": {\n    "content-type": "application/x-www-form-urlencoded"\n  },\n  "body": "${F}",\n  "method": "POST"\n});`,
  'fetch with URLSearchParams': `await fetch('${U}', { method: 'POST', body: new URLSearchParams({ data: ${sq(J).replaceAll("'\\''", "\\'").replaceAll('\\\\', '\\\\\\\\').replaceAll('\\n', '\\\\n').replaceAll('\\"', '\\\\"')} }) })`,
  'requests with a body': `requests.post("${U}", data="${F}")`,
  'requests with a dict': `requests.post('${U}', data={'data': ${py(J)}})`,
  'console.log of a form': `{ data: ${util.inspect(J)} }`,
  'console.log of a null prototype': `[Object: null prototype] { data: ${util.inspect(J)} }`,
  'util.inspect': util.inspect(P, { depth: null }),
  'util.inspect over lines': util.inspect(P, {
    depth: null,
    compact: false,
    breakLength: 80,
    maxStringLength: null,
  }),
  'a label and a form': `req.body: { data: ${util.inspect(J)} }`,
  'a label and a structure': `Received: ${util.inspect(P, { depth: null })}`,
  'a Python dict': py(P),
  'a Python assignment': `payload = ${py(P)}`,
  'a Python form': py({ data: J }),
  'a Python form of lists': py({ data: [J] }),
  'Python bytes': `b${py(F)}`,
  'a label and Python bytes': `body: b'${F}'`,
  'a QueryDict': `<QueryDict: ${py({ data: [J] })}>`,
  'an ImmutableMultiDict': `ImmutableMultiDict([('data', ${py(J)})])`,
  'an OrderedDict': `OrderedDict([('data', ${py(J)})])`,
  'a Python log': `INFO:root:{'data': ${py(J)}}`,
  'a Ruby hash': rb(P),
  'a Ruby form': rb({ data: J }),
  'a Rails log': `Started POST "/netcore" for 203.0.113.7 at 2022-12-02\nProcessing by HooksController#create as */*\n  Parameters: ${rb({ data: J, controller: 'hooks' })}\nCompleted 200 OK in 3ms`,
  'a Ruby symbol': `{:data=>${rb(J)}}`,
  'a hash of Ruby 3.4': `{"data" => ${rb(J)}}`,
  'a Ruby keyword': `{data: ${rb(J)}}`,
  print_r: `Array\n(\n    [data] => ${J}\n)\n`,
  var_dump: phpD({ data: J }),
  var_export: phpE({ data: J }),
  'var_dump of the payload': phpD(P),
  'var_export of the payload': phpE(P),
  'a Go map': `map[data:[${J}]]`,
  'Go url.Values': `url.Values{"data":[]string{${JSON.stringify(J)}}}`,
  'a Java map': `{data=${J}}`,
  'a Java map of lists': `{data=[${J}], source=[x]}`,
  'a Java log': `2022-12-02 10:00:00 INFO c.e.Hook : params={data=[${J}]}`,
  'a Lambda event': JSON.stringify({
    resource: '/hook',
    httpMethod: 'POST',
    headers: { 'content-type': 'x' },
    queryStringParameters: { data: 'evil' },
    body: F,
    isBase64Encoded: false,
  }),
  'a Lambda event in base64': JSON.stringify(
    { version: '2.0', rawQueryString: 'data=%7B%7D', body: b64(F), isBase64Encoded: true },
    null,
    2,
  ),
  'an n8n item': JSON.stringify([
    { headers: {}, params: {}, query: {}, body: { data: J }, webhookUrl: 'x' },
  ]),
  'an n8n item, parsed': JSON.stringify([
    { headers: {}, params: {}, query: {}, body: { data: P } },
  ]),
  'data as a JSON string': JSON.stringify({ data: J }),
  'data as JSON': JSON.stringify({ data: P }),
  'body as a string': JSON.stringify({ body: F }),
  'data, encoded': JSON.stringify({ data: V }),
  'a JSON string of the body': JSON.stringify(F),
  'a JSON string of the JSON': JSON.stringify(J),
  'a JSON string twice': JSON.stringify(JSON.stringify(J)),
  'an SQS record': JSON.stringify({ Records: [{ messageId: '1', body: F }] }),
  'an SQS record of a form': JSON.stringify({
    Records: [{ messageId: '1', body: JSON.stringify({ data: J }) }],
  }),
  'an event of a workflow': JSON.stringify({
    method: 'POST',
    path: '/',
    query: {},
    body: { data: J },
    headers: {},
  }),
  'a request inspector': JSON.stringify({
    uuid: 'x',
    url: 'https://x?data=1',
    content: F,
    headers: {},
  }),
  'an HTTP archive': JSON.stringify({
    log: {
      entries: [
        {
          request: {
            method: 'POST',
            url: 'x',
            postData: { mimeType: 'x', text: F, params: [{ name: 'data', value: V }] },
          },
        },
      ],
    },
  }),
  'a JSON log': JSON.stringify({ level: 'info', ts: 1, msg: `received ${F}` }),
  'a JSON log with a body': JSON.stringify({
    level: 30,
    time: 1,
    req: { headers: {} },
    body: { data: J },
    msg: 'call',
  }),
  'encoded twice': `data=${encodeURIComponent(V)}`,
  'encoded three times': `data=${encodeURIComponent(encodeURIComponent(V))}`,
  'the whole body encoded': encodeURIComponent(F),
  'HTML ampersands': F.replaceAll('&', '&amp;'),
  'HTML entities': J.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'numeric HTML entities': J.replaceAll('&', '&amp;').replaceAll('"', '&#34;'),
  'HTML pre': `<pre>${J.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}</pre>`,
  'an HTML table': `<table><tr><td>data</td><td>${J.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</td></tr></table>`,
  'base64 of JSON': b64(J),
  'base64 of the body': b64(F),
  base64url: Buffer.from(J).toString('base64url'),
  'base64 over lines': wrap(b64(J), 76),
  'base64 in data': `data=${encodeURIComponent(b64(J))}`,
  'base64 in data, not escaped': `data=${b64(J)}`,
  hexadecimal: Buffer.from(F).toString('hex'),
  backslashes: J.replaceAll('\\', '\\\\').replaceAll('"', '\\"'),
  'backslashes in quotes': `"${J.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  'comma-separated values': `id,data\n1,"${J.replaceAll('"', '""')}"\n`,
  'nginx escapes': J.replaceAll('\\', '\\x5C')
    .replaceAll('"', '\\x22')
    .replace(/[^\x00-\x7f]+/g, (m) =>
      [...Buffer.from(m)].map((b) => `\\x${b.toString(16).toUpperCase()}`).join(''),
    ),
  'an nginx log': `203.0.113.7 - - [02/Dec/2022:15:48:06 +0530] "POST /netcore?data=evil HTTP/1.1" 200 2 "-" "curl" "${F}"`,
  'an Apache log': `203.0.113.7 - - [02/Dec/2022] "POST /netcore HTTP/1.1" 200 - ${F}`,
  'a Laravel log': `[2022-12-02 15:48:06] production.INFO: webhook ${J} []`,
  'a Monolog log': `[2022-12-02T15:48:06.123456+05:30] app.INFO: Netcore call {"data":${JSON.stringify(J)}} []`,
  'an Express log': `POST /netcore 200 1.2 ms\nbody: ${J}`,
  'a Kubernetes log': `2022-12-02T10:18:06.001Z stdout F ${F}`,
  'a Compose log': `web_1  | ${F}`,
  'a Compose log of lines': JP.split('\n')
    .map((l) => `web_1  | ${l}`)
    .join('\n'),
  'a mail quote': JP.split('\n')
    .map((l) => `> ${l}`)
    .join('\n'),
  'a mail quote in a mail quote': wrap(F, 74)
    .split('\n')
    .map((l) => `> > ${l}`)
    .join('\n'),
  logfmt: `time=2022 level=info msg="got" body="${F}"`,
  'logfmt with escapes': `level=info body="${J.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  'an HTTP request': http(F),
  'an HTTP request with line feeds': http(F, '', '\n'),
  'an HTTP request with a length': http(F, `Content-Length: ${F.length}\r\n`),
  'an HTTP request in chunks': http(chunked(F), 'Transfer-Encoding: chunked\r\n'),
  'an HTTP request of JSON': http(J),
  'an HTTP/2 request': `POST /netcore HTTP/2\r\nhost: x\r\n\r\n${F}`,
  'an HTTP request, wrapped': http(wrap(F, 80)),
  'curl --verbose': `* Trying 203.0.113.7...\n> POST /netcore HTTP/1.1\n> Host: x\n> Cookie: data=evil\n>\n* upload completely sent\n< HTTP/1.1 200 OK\n<\n${F}`,
  'wrapped lines': wrap(F, 76),
  'wrapped and indented lines': wrap(F, 76, '    '),
  'a wrapped value': wrap(V, 60),
  'a code fence': `\`\`\`\n${F}\n\`\`\``,
  'a code fence of JSON': `\`\`\`json\n${JP}\n\`\`\``,
  'a code fence in a letter': `Hi, here it is:\n\n\`\`\`json\n${JP}\n\`\`\`\nthanks`,
  backticks: `\`${F}\``,
  'a sentence': `We received this: ${F} and it failed.`,
  'a sentence with JSON': `We received this: ${J}. Why?`,
  'a chat quote': `>>> ${F}`,
  'a byte-order mark': `\ufeff${F}`,
  'a byte-order mark and JSON': `\ufeff${JP}`,
  'zero-width spaces round JSON': `\u200b${J}\u200b`,
  'a zero-width space inside': `${F.slice(0, 40)}\u200b${F.slice(40)}`,
  'no-break spaces': JP.replaceAll('  ', '\u00a0\u00a0'),
  'UTF-16': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(F, 'utf16le')]),
  'UTF-16 without a mark': Buffer.from(`${F} `, 'utf16le'),
  'terminal colours': `\x1b[32m${F}\x1b[0m`,
  'bent quotes round the value': `data=“${V}”`,
  guillemets: `data=«${V}»`,
  DevTools: `data: ${J}`,
  'DevTools with its headings': `Form Data\nview source\nview URL-encoded\ndata: ${J}`,
  'Postman bulk edit': `data:${J}`,
  'a tab between': `data\t${J}`,
  'a comma behind quotes': `data="${V}",`,
  'quotes and a comma': `'${F}',`,
  parentheses: `(${F})`,
  'a JSONP call': `callback(${J});`,
  'a JavaScript variable': `var payload = ${J};`,
  'a printed body': `body ${F}`,
  'a name in capitals': `DATA=${V}`,
  'an escaped name': `d%61ta=${V}`,
};

/** Quoting that changes the text itself is left out of the payload. */
const bent = ['bent single quotes'];

describe('one payload', () => {
  test.each(Object.entries(spellings))('is the same as %s', (name, paste) => {
    const reading = readPaste(typeof paste === 'string' ? Buffer.from(paste, 'utf8') : paste);
    expect(reading.kind === 'problem' && reading.problem.message).toBe(false);
    if (reading.kind === 'problem') return;
    expect(reading.payloads).toHaveLength(1);
    const [first] = reading.payloads;
    if (bent.includes(name))
      expect(Object.keys(JSON.parse(first?.text ?? ''))).toEqual(['shop_in']);
    else expect(JSON.parse(first?.text ?? '')).toEqual(P);
  });
});
