import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

/** A call as some sender, proxy or script makes it. */
export interface CallShape {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

/** Calls whose payload is one event `sms click` with this msgid, each in a shape of its own. */
export function readableShapes(msgid: (shape: number) => string): CallShape[] {
  const shapes: CallShape[] = [];
  const text = (city = 'Thane') =>
    JSON.stringify({
      shop: [
        { channel: 'sms', event: 'click', msgid: msgid(shapes.length), custom_params: { city } },
      ],
    });
  const plain = () => `data=${encodeURIComponent(text())}`;
  const add = (name: string, type: string | undefined, body: string | Buffer, coding?: string) => {
    const headers = {
      ...(type !== undefined && { 'Content-Type': type }),
      ...(coding !== undefined && { 'Content-Encoding': coding }),
    };
    shapes.push({ name, headers, body: Buffer.from(body) });
  };
  const parts = (name: string, line = '\r\n') =>
    [
      '--b7',
      'Content-Disposition: form-data; name="source"',
      '',
      'netcore',
      '--b7',
      `Content-Disposition: form-data; name="${name}"; filename="data.json"`,
      'Content-Type: application/json',
      '',
      text(),
      '--b7--',
      '',
    ].join(line);
  const latin = () =>
    Buffer.from(`data=${encodeURIComponent(text('M@laga')).replace('%40', '%E1')}`, 'latin1');

  add('as Netcore sends it', form, plain());
  add('without a type', undefined, plain());
  add('a byte-order mark before data', form, `\ufeff${plain()}`);
  add('a line feed before data', form, `\n${plain()}`);
  add('blanks and lines before data', form, ` \t\r\n\r\n${plain()}`);
  add('a blank in the name', form, `+data+=${encodeURIComponent(text())}`);
  add('a question mark before data', form, `?${plain()}`);
  add('a byte-order mark in the value', form, `data=%EF%BB%BF${encodeURIComponent(text())}`);
  add('Data', form, plain().replace('data', 'Data'));
  add('DATA behind another field', form, `source=netcore&${plain().replace('data', 'DATA')}`);
  add('a form labelled JSON', json, plain());
  add('a form labelled text', 'text/plain', plain());
  add('a form labelled multipart', 'multipart/form-data; boundary=b7', plain());
  add('JSON itself', json, text());
  add('JSON labelled as a form', form, text());
  add('JSON without a type', undefined, text());
  add('JSON with a byte-order mark and a line feed', 'text/plain', `\ufeff\n${text()}`);
  add('multipart', 'multipart/form-data; boundary=b7', parts('data'));
  add('multipart labelled as a form', form, parts('data'));
  add(
    'multipart with line feeds and Data',
    'multipart/form-data; boundary="b7"',
    parts('Data', '\n'),
  );
  add('a wrong boundary', 'multipart/form-data; boundary=other', parts('data'));
  add('gzip', form, gzipSync(plain()), 'gzip');
  add('brotli', form, brotliCompressSync(plain()), 'br');
  add('deflate', form, deflateSync(plain()), 'deflate');
  add('deflate without its header', form, deflateRawSync(plain()), 'deflate');
  add('gzip twice', form, gzipSync(gzipSync(plain())), 'gzip, gzip');
  add('gzip twice, labelled once', form, gzipSync(gzipSync(plain())), 'gzip');
  add('gzip without a label', form, gzipSync(plain()));
  add('gzip labelled identity', json, gzipSync(text()), 'identity');
  add('gzip labelled brotli', form, gzipSync(plain()), 'br');
  add('not coded, labelled gzip', form, plain(), 'gzip');
  add('JSON that is not coded, labelled deflate', json, text(), 'deflate');
  add('a coding that nobody knows', form, plain(), 'aws-chunked');
  add('UTF-8 labelled UTF-16', `${form}; charset=utf-16`, plain());
  add('UTF-8 labelled Latin-1', `${form}; charset=iso-8859-1`, plain());
  add('Latin-1', `${form}; charset=ISO-8859-1`, latin());
  add('UTF-16 with a mark', json, Buffer.from(`\ufeff${text()}`, 'utf16le'));
  add('UTF-16 without one', form, Buffer.from(plain(), 'utf16le'));
  add('UTF-16, high bytes first', form, Buffer.from(`\ufeff${plain()}`, 'utf16le').swap16());
  return shapes;
}

/** Calls that only speak of a payload, or have none. */
export function otherShapes(): CallShape[] {
  const payload = encodeURIComponent('{"shop":[{"channel":"sms","event":"click"}]}');
  const shape = (name: string, type: string, body: string): CallShape => ({
    name,
    headers: { 'Content-Type': type },
    body: Buffer.from(body),
  });
  return [
    shape('another form', form, 'user=root&password=toor'),
    shape('other JSON', json, '{"status":"ok"}'),
    shape('an empty object', json, '{}'),
    shape('JSON that is cut', json, '{"shop":[{"channel":"sms"'),
    shape('text', 'text/plain', 'hello'),
    shape('a curl command', form, `curl -d 'data=${payload}' https://shop.example.com/hook`),
    shape(
      'a line of a log',
      'text/plain',
      `2026-11-23T12:00:00Z POST /hook body="data=${payload}"`,
    ),
    shape(
      'a multipart form without it',
      'multipart/form-data; boundary=b7',
      '--b7\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b7--\r\n',
    ),
  ];
}
