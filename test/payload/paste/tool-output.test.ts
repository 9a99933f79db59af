import { execFileSync } from 'node:child_process';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeForm } from '../../../src/payload/form-codec.js';
import { readPaste } from '../../../src/payload/paste/read-paste.js';
import { needPrograms } from '../../helpers/programs.js';

/** One payload with what tools quote, escape, pad and cut. */
const payload = {
  shop_in: [
    {
      channel: 'email',
      event: 'click',
      custom_params: { Action: 'Email Click', note: '50% off & more <b>now</b>' },
      att_params: {
        EMAIL: 'asha@example.com',
        LASTNAME: "O'Brien",
        QUOTE: 'she said "hi" \\ bye',
        LINES: 'a\nb',
        PIPE: 'a | b + c',
        HI: 'नमस्ते 🎉',
      },
      msgid: '9007199254740993',
      webhook_name: 'Cart #1 {VIP} [A]',
      event_params: { ts: 221202181254, name: null, url: 'https://shop.example.com/p?data=1' },
    },
  ],
};
const json = JSON.stringify(payload);
const indented = JSON.stringify(payload, null, 2);
const form = writeForm(json);
const value = form.slice(5);
const bytes = Buffer.from(form);
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

/** Each line of a text with what a program writes before it. */
const lines = (text: string, prefix: (index: number) => string) =>
  text
    .split('\n')
    .map((line, index) => prefix(index) + line)
    .join('\n');
const time = (index: number) => `2026-12-02T15:48:0${index % 10}.12345${index}`;
const literal = (text: string, quote: string) =>
  text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
const folded = (text: string, width: number, join: string) =>
  (text.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? []).join(join);
const request = `POST /hook HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${bytes.length}\r\n\r\n${form}`;

/** A row of an hexadecimal dump for each 16 bytes. */
const dump = (
  data: Buffer,
  row: (offset: number, digits: readonly string[], text: string) => string,
) => {
  let text = '';
  for (let offset = 0; offset < data.length; offset += 16) {
    const part = data.subarray(offset, offset + 16);
    const digits = [...part].map((byte) => byte.toString(16).padStart(2, '0'));
    text += `${row(offset, digits, part.toString('latin1').replace(/[^ -~]/g, '.'))}\n`;
  }
  return text;
};
const offsetOf = (offset: number, length: number) => offset.toString(16).padStart(length, '0');
/** An Ethernet frame with an IPv4 packet and a TCP segment. */
const frame = (data: Buffer, link: Buffer) => {
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(20 + 32 + data.length, 2);
  ip[9] = 6;
  const tcp = Buffer.alloc(32);
  tcp[12] = 0x80;
  return Buffer.concat([link, ip, tcp, data]);
};
const ethernet = Buffer.from('0202020202020303030303030800', 'hex');
const wireshark = (offset: number, digits: readonly string[], text: string) =>
  `${offsetOf(offset, 4)}   ${digits.join(' ').padEnd(47)}   ${text}`;

/** A column of psql; continued lines end with a plus sign. */
const psql = (before: string, between: string, after: string) => {
  const rows = indented.split('\n');
  const width = Math.max(...rows.map((row) => row.length));
  return rows
    .map((row, index) => {
      const isLast = index === rows.length - 1;
      return `${index === 0 ? before : between} ${row.padEnd(width)}${isLast ? ' ' : '+'}${index === 0 ? after : after.replace(/[^|]/g, ' ')}`;
    })
    .join('\n');
};

const traceAscii = () => {
  let text = '== Info: Connected to shop.example.com\n=> Send header, 99 bytes (0x63)\n';
  let offset = 0;
  const head = ['POST /hook HTTP/1.1', 'Host: shop.example.com', ''];
  for (const line of head) {
    text += `${offsetOf(offset, 4)}: ${line}\n`;
    offset += line.length + 2;
  }
  text += `=> Send data, ${bytes.length} bytes (0x${bytes.length.toString(16)})\n`;
  for (let at = 0; at < form.length; at += 64) {
    text += `${offsetOf(at, 4)}: ${form.slice(at, at + 64)}\n`;
  }
  return `${text}== Info: upload completely sent off\n<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n`;
};

const pastes: Readonly<Record<string, string | Buffer>> = {
  // An encoded value with text at its end.
  'a CSV row': `id,body,status\n1,${form},200\n`,
  'a CSV row with a semicolon': `1;${form};200\n`,
  'a haproxy capture': `haproxy[1]: 192.0.2.1:33 fe be/s1 0/0/1 200 {${form}} "POST /hook HTTP/1.1"`,
  'a Spring log': `After request [POST /hook, client=192.0.2.1, payload=${form}]`,
  'a Jetty print': `<${form},[Content-Type:"text/plain"]>`,
  'an XML section': `<x><![CDATA[${form}]]></x>`,
  'a column before a pipe': `${form}|200`,
  'a sentence': `It sent ${form}.`,
  'a response without a line feed before it': `${request}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK`,
  'a list of bodies in brackets': `[${form}]`,
  'a parenthesis': `(body: ${form})`,
  'a value with a colon': `${form}: accepted`,
  'twice encoded before a comma': `data=${encodeURIComponent(value)},200`,
  'mail with a reply below': `Ravi wrote:\n${lines(folded(form, 70, '\n'), () => '> > ')}\nok`,
  'wrapped lines before a reply': `${folded(form, 70, '\n')}\nThanks`,
  // A prefix before each line.
  'kubectl logs --timestamps': lines(indented, (at) => `${time(at)}Z `),
  'kubectl logs --prefix': lines(indented, () => '[pod/hook-7d9f/app] '),
  'a CRI log': lines(indented, (at) => `${time(at)}Z stdout F `),
  'a CRI log with long lines': folded(json, 100, '\n')
    .split('\n')
    .map((part, at, all) => `${time(at)}Z stdout ${at === all.length - 1 ? 'F' : 'P'} ${part}`)
    .join('\n'),
  journald: lines(indented, (at) => `Dec 02 15:48:0${at % 10} web-1 node[4242]: `),
  syslog: lines(indented, (at) => `<14>Dec  2 15:48:0${at % 10} web-1 hook[${at}]: `),
  Heroku: lines(indented, (at) => `${time(at)}+00:00 app[web.1]: `),
  'GitHub Actions': lines(indented, (at) => `${time(at)}Z `),
  'docker compose': lines(indented, () => 'web-1  | '),
  'docker compose with times': lines(indented, (at) => `web-1  | ${time(at)}Z `),
  pm2: lines(indented, () => '0|hook     | '),
  'cat -n': lines(indented, (at) => `${String(at + 1).padStart(6)}\t`),
  'grep -n': lines(indented, (at) => `${at + 1}:`),
  bat: lines(indented, (at) => `${String(at + 1).padStart(4)} │ `),
  'an added file in git diff': `diff --git a/f.json b/f.json\n--- /dev/null\n+++ b/f.json\n@@ -0,0 +1,9 @@\n${lines(indented, () => '+')}\n`,
  'mail quoted twice': `Ravi wrote:\n${lines(indented, () => '> > ')}\nok`,
  'comments of a program': lines(indented, () => '// '),
  'comments of a shell': lines(indented, () => '#   '),
  'comments of SQL': lines(indented, () => '-- '),
  'log lines around it': `started\n${lines(indented, (at) => `${time(at)}Z INFO hook `)}\n${time(1)}Z INFO done`,
  'Docker json-file': indented
    .split('\n')
    .map((line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: `${time(1)}Z` }))
    .join('\n'),
  'journalctl -o json': indented
    .split('\n')
    .map((line) => JSON.stringify({ MESSAGE: line, _PID: '1' }))
    .join('\n'),
  psql: ` id | body\n----+----\n${psql('  1 |', '    |', '')}\n(1 row)\n`,
  'psql with a column behind': ` id | body | status\n----+----+---\n${psql('  1 |', '    |', '| 200')}\n(1 row)\n`,
  'psql -x': `-[ RECORD 1 ]----\nid   | 1\n${psql('body |', '     |', '')}\n`,
  // Escaped JSON that ends with its quote.
  logfmt: `level=info msg="received" body="${literal(json, '"')}" dur=3ms`,
  mysqldump: `INSERT INTO hooks VALUES (1,'${json.replace(/[\\'"]/g, '\\$&')}','2026-12-02');`,
  'SQL with doubled apostrophes': `INSERT INTO hooks VALUES (1, '${json.replaceAll("'", "''")}', now());`,
  'a CSV cell': `1,"${json.replaceAll('"', '""')}",200\n`,
  'a CSV cell with lines': `1,"${indented.replaceAll('"', '""')}",200\n`,
  'repr of Python': `received '${literal(json, "'")}' from 192.0.2.1`,
  'the debug page of Django': `POST:\nVariable\tValue\ndata\t\n'${literal(json, "'")}'\nFILES: No FILES data\n`,
  'pprint of Python': `{'data': '${folded(literal(json, "'"), 60, "'\n         '")}'}`,
  'pprint of a text': `('${folded(literal(json, "'"), 60, "'\n '")}')`,
  // What a command reads.
  'a here-document': `curl -s http://127.0.0.1:3000/hook --data-binary @- <<'EOF'\n${form}\nEOF\n`,
  'a here-document with tabs': `curl -d @- http://127.0.0.1:3000 <<-END\n\t${form}\n\tEND\necho done`,
  'a here-string': `curl -d @- http://127.0.0.1:3000/hook <<< '${form}'`,
  // Bytes.
  'JSON of a Buffer': JSON.stringify({ body: bytes }),
  'a list of bytes as Go prints it': `body: [${[...bytes].join(' ')}]`,
  'a list of bytes as Python prints it': `[${[...bytes].join(', ')}]`,
  'base64 of gzip data': base64(gzipSync(form)),
  'base64 of gzip data in a log': `body=${base64(gzipSync(json))} ms=3`,
  'base64 of zlib data': base64(deflateSync(json)),
  'gzip data': gzipSync(form),
  'a data: URI': `data:application/x-www-form-urlencoded;base64,${base64(form)}`,
  'a data: URI with escapes': `data:application/json,${encodeURIComponent(json)}`,
  'a data: URI in HTML': `<a href="data:application/json;base64,${base64(json)}">body</a>`,
  'the API of ngrok': JSON.stringify({
    requests: [{ request: { method: 'POST', raw: base64(request) } }],
  }),
  'hexdump -C': `${dump(
    bytes,
    (offset, digits, text) =>
      `${offsetOf(offset, 8)}  ${`${digits.slice(0, 8).join(' ')}  ${digits.slice(8).join(' ')}`.padEnd(48)}  |${text}|`,
  )}${offsetOf(bytes.length, 8)}\n`,
  'hexdump -C with repeated rows': `${dump(Buffer.from(`{"a":[{"channel":"email","s":"${' '.repeat(80)}"}]}`), (offset, digits, text) => (offset === 48 ? '*' : offset === 64 || offset === 80 ? '' : `${offsetOf(offset, 8)}  ${digits.join(' ').padEnd(48)}  |${text}|`))}`,
  xxd: dump(
    bytes,
    (offset, digits, text) =>
      `${offsetOf(offset, 8)}: ${digits.join('').replace(/.{4}/g, '$& ').padEnd(41)} ${text}`,
  ),
  'xxd -p': bytes.toString('hex').replace(/.{60}/g, '$&\n'),
  'tcpdump -X': `15:48:05.1 IP 192.0.2.1.33 > 192.0.2.2.80: tcp\n${dump(
    frame(Buffer.from(request), Buffer.alloc(0)),
    (offset, digits, text) =>
      `\t0x${offsetOf(offset, 4)}:  ${digits.join('').replace(/.{4}/g, '$& ').padEnd(40)} ${text}`,
  )}`,
  'bytes of Wireshark': dump(frame(Buffer.from(request), ethernet), wireshark),
  'packets of Wireshark': [request.slice(0, 700), request.slice(700)]
    .map((part) => dump(frame(Buffer.from(part), ethernet), wireshark))
    .join('\n'),
  'curl --trace-ascii': traceAscii(),
  'NBSP indentation in a chat': `[12/2/2026 3:48 PM] Ravi\nPlease look:\n${indented.replace(/^ +/gm, (blanks) => '\u00a0'.repeat(blanks.length))}\nThanks`,
  'the tree of Wireshark': `HTML Form URL Encoded: application/x-www-form-urlencoded\n    Form item: "data" = "${literal(json, '"')}"\n        Key: data\n${form}\n`,
};

const decoded = (paste: string | Buffer) => {
  const reading = readPaste(Buffer.from(paste as string));
  return reading.kind === 'problem' ? reading.problem.message : reading.payloads;
};

describe('the payload is read from', () => {
  test.each(Object.entries(pastes))('%s', (name, paste) => {
    const payloads = decoded(paste);
    expect(typeof payloads).not.toBe('string');
    if (typeof payloads === 'string') return;
    const expected = name.includes('repeated rows')
      ? { a: [{ channel: 'email', s: ' '.repeat(80) }] }
      : payload;
    expect(payloads.map(({ text }) => JSON.parse(text))).toEqual([expected]);
  });

  test.each([
    ['hexdump', ['-C']],
    ['xxd', []],
  ] as const)('the output of %s', (program, flags) => {
    needPrograms(program);
    const output = execFileSync(program, flags, { input: bytes, encoding: 'utf8' });
    expect(decoded(output)).toMatchObject([{ text: json }]);
  });
});
