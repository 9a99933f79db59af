import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeForm } from '../../../src/payload/form-codec.js';
import { readPaste } from '../../../src/payload/paste/read-paste.js';

const read = (text: string, repair = false) => readPaste(Buffer.from(text, 'utf8'), { repair });

function payloadsOf(text: string): string[] {
  const reading = read(text);
  if (reading.kind === 'problem') throw reading.problem;
  return reading.payloads.map((payload) => payload.text);
}

function problemOf(text: string) {
  const reading = read(text);
  if (reading.kind === 'payloads') throw new Error(`Read: ${reading.payloads[0]?.text}`);
  return reading.problem;
}

/** Payloads whose panels hold events, with any JSON inside them. */
const payload = fc.dictionary(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((key) => key !== '__proto__'),
  fc.array(
    fc.record({
      channel: fc.constantFrom('email', 'sms', 'zalo'),
      msgid: fc.string({ unit: 'grapheme' }),
      custom_params: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  { minKeys: 1, maxKeys: 3 },
);

describe('a sound payload', () => {
  test('comes out of its JSON and of its form body as it is, whatever its strings say', () => {
    const strings = fc.constantFrom('data=%7B%22a%22%3A1%7D', '%20', '&quot;', 'eyJhIjoxfQ==', '+');
    fc.assert(
      fc.property(payload, strings, (value, odd) => {
        const json = JSON.stringify({ ...value, shop: [{ channel: 'email', subject: odd }] });
        expect(payloadsOf(json)).toEqual([json]);
        expect(payloadsOf(writeForm(json))).toEqual([json]);
        expect(payloadsOf(writeForm(json, 'indented'))).toEqual([json]);
      }),
    );
  });

  test.each([
    '{"shop":[{"msgid":9007199254740993,"price":9990.90,"n":1E+400,"z":-0}]}',
    '{"__proto__":[{"channel":"email"}],"toString":[{"channel":"sms"}]}',
    '{"shop":[{"channel":"sms","half":"\\ud83c","same":"\\u0041","slash":"\\/"}]}',
    '{"2":[{"channel":"sms"}],"1":[{"channel":"sms"}]}',
  ])('keeps its tokens: %s', (json) => {
    expect(payloadsOf(json)).toEqual([json]);
    expect(payloadsOf(writeForm(json))).toEqual([json]);
  });

  test('is told from its envelope even when its panel is called data', () => {
    const json = '{"data":[{"channel":"email","note":"data=%7B%7D"}]}';
    expect(payloadsOf(json)).toEqual([json]);
  });
});

describe('what is not lost in silence', () => {
  test('is a second payload', () => {
    const one = '{"shop":[{"channel":"email"}]}';
    const two = '{"shop":[{"channel":"sms"}]}';
    expect(payloadsOf(`${writeForm(one)}\n${writeForm(two)}`)).toEqual([one, two]);
    expect(payloadsOf(`${writeForm(one)}&${writeForm(two)}`)).toEqual([one, two]);
    expect(payloadsOf(`[${one},${two}]`)).toEqual([one, two]);
    expect(payloadsOf(`${one}\n${two}\n`)).toEqual([one, two]);
  });

  test.each([
    ['a key that stands twice', '{"shop":[{"channel":"email","channel":"sms"}]}', 'key_repeated'],
    ['a key that stands twice, escaped', '{"shop":[{"a":1,"\\u0061":2}]}', 'key_repeated'],
    ['a panel that is no list', '{"shop":[{"channel":"sms"}],"note":1}', 'panel_not_list'],
    ['a broken escape', 'data=%7B%22shop%22%3A%5B%7B%22v%22%3A%22%zz%22%7D%5D%7D', 'broken_escape'],
    ['a quote left open', `curl -d "${writeForm('{"shop":[{"channel":"sms"}]}')}`, 'quote_open'],
    ['JSON that was not escaped', 'data={"shop":[{"phone":"+1"}]}', 'not_escaped'],
    ['an ampersand in it', 'data={"shop":[{"channel":"sms","a":"b&c"}]}', 'value_split'],
  ])('is %s', (_, text, code) => {
    const reading = read(text);
    const warnings = reading.kind === 'payloads' ? reading.payloads[0]?.warnings : [];
    expect(warnings?.map((warning) => warning.code)).toEqual([code]);
  });
});

describe('what is refused', () => {
  test.each([
    ['nothing', ' \n', 'paste_empty'],
    ['an empty field', 'data=', 'data_empty'],
    ['an empty field between others', 'a=1&data=&b=2', 'data_empty'],
    ['other fields', 'mandrill_events=%5B%5D', 'no_data_field'],
    ['prose', 'The webhook did not fire.', 'payload_not_found'],
    ['a page', '<!DOCTYPE html><html><body>502</body></html>', 'paste_is_page'],
    ['an answer', 'HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nok', 'paste_is_answer'],
    ['a list of events', '[{"channel":"email","event":"open"}]', 'payload_not_panels'],
    ['another object', '{"error":"not found"}', 'payload_not_panels'],
    ['a number', '42', 'payload_not_panels'],
    ['a file', 'curl https://shop.example.com -d @body.txt', 'body_elsewhere'],
    ['standard input', 'curl https://shop.example.com --data-binary @-', 'body_elsewhere'],
    [
      'a shortened print',
      "{ shop: [ { channel: 'email', att_params: [Object] } ] }",
      'print_shortened',
    ],
    [
      'an ampersand in an encoded value',
      'data=%7B%22shop%22%3A%5B%7B%22a%22%3A%22b&c%22%7D%5D%7D',
      'value_split',
    ],
    ['Latin-1 in escapes', 'data=%7B%22shop%22%3A%5B%22caf%E9%22%5D%7D', 'paste_not_utf8'],
    ['a comma too many', '{"shop":[{"channel":"sms"},]}', 'payload_not_json'],
    ['no end', '{"shop":[{"channel":"sms"', 'payload_ends_early'],
    [
      'a thousand levels and one',
      `{"shop":${'['.repeat(1001)}${']'.repeat(1001)}}`,
      'payload_too_deep',
    ],
    ['the WhatsApp API', '{"delivery_status":[{"ncmessage_id":"b7e1"}]}', 'payload_foreign'],
    ['the Email API', '[{"EVENT":"open","TRANSID":15536250111702803}]', 'payload_foreign'],
  ])('is %s', (_, text, code) => {
    expect(problemOf(text).code).toBe(code);
  });

  test.each([
    '[1,]',
    '[,1]',
    '{"a":1,}',
    "{'a':0}",
    '{a:0}',
    "['a']",
    'True',
    'NaN',
    'Infinity',
    '+1',
    '012',
    '.5',
    '1.',
    '0x1F',
    '1e',
    '"\\x41"',
    '"\\u12"',
    '"a\tb"',
    '[1 2]',
    '{"a" 1}',
    '/* */ 1',
    '{"items":[{"a":1}],"n":+1}',
    '[{"items":[{"a":1}]},+1]',
  ])('is %s in the place of a value', (value) => {
    for (const json of [`{"shop":[{"v":${value}}]}`, `{"shop":[{"b":[{}],"v":${value}}]}`]) {
      expect(problemOf(json).code).toBe('payload_not_json');
      expect(problemOf(`data=${encodeURIComponent(json)}`).code).toBe('payload_not_json');
    }
  });

  test('is a URL whose query holds a payload, and one bracket too many', () => {
    const form = writeForm('{"shop":[{"channel":"sms"}]}');
    expect(problemOf(`https://shop.example.com/hook?${form}`).code).toBe('no_data_field');
    expect(problemOf(`203.0.113.7 "POST /hook?${form} HTTP/1.1" 200 "-"`).code).toBe(
      'no_data_field',
    );
    expect(problemOf('{"shop":[{"channel":"sms"}]}}').code).toBe('payload_not_json');
  });

  test('says where JSON breaks: line, column, the byte of the paste, and what stands there', () => {
    const problem = problemOf('data=%7B%22caf%C3%A9%22%3A%5B%7B%22a%22%201%7D%5D%7D');
    expect(problem.message).toBe(
      'The JSON is invalid: a colon is missing after the key (line 1, column 15; byte 42 of the input).',
    );
    expect(problem.excerpt).toBe('{"café":[{"a" 1}]}\n              ^');
  });

  test('is said by the byte where UTF-8 ends', () => {
    const reading = readPaste(Uint8Array.from([...Buffer.from('{"p":"caf'), 0xe9, 0x22, 0x7d]));
    expect(reading.kind === 'problem' && reading.problem.message).toContain('at byte 9');
  });
});

describe('--repair', () => {
  test.each([
    ['{"shop":[{"channel":"sms","msgid":"7', '{"shop":[{"channel":"sms","msgid":"7"}]}'],
    ['{"shop":[{"channel":"sms","msg', '{"shop":[{"channel":"sms"}]}'],
    ['{"shop":[{"channel":"sms","msgid":', '{"shop":[{"channel":"sms"}]}'],
    ['{"shop":[{"channel":"sms","n":12', '{"shop":[{"channel":"sms"}]}'],
    ['{"shop":[{"channel":"sms"},', '{"shop":[{"channel":"sms"}]}'],
    ['{"shop":[{"channel":"a\\u00', '{"shop":[{"channel":"a"}]}'],
    ['data=%7B%22shop%22%3A%5B%7B%22channel%22%3A%22sms%2', '{"shop":[{"channel":"sms"}]}'],
  ])('closes %s and says so', (text, repaired) => {
    expect(problemOf(text).code).toBe('payload_ends_early');
    const reading = read(text, true);
    if (reading.kind === 'problem') throw reading.problem;
    expect(reading.payloads[0]?.text).toBe(repaired);
    expect(reading.payloads[0]?.warnings.map(({ code }) => code)).toContain('repaired');
  });

  test('gives JSON for a payload that was cut anywhere', () => {
    const whole = JSON.stringify({
      shop: [{ channel: 'email', tags: [1.5, true, null, 'a "quote" \\ \u00e9'], empty: {} }],
    });
    for (let end = 10; end < whole.length; end += 1) {
      const reading = read(whole.slice(0, end), true);
      if (reading.kind === 'payloads') JSON.parse(reading.payloads[0]?.text ?? '');
    }
  });
});

describe('any text', () => {
  test('is answered without a throw, and what comes out is JSON', () => {
    const pieces = fc.constantFrom(
      ...[
        'data=',
        "data: '",
        'curl -d ',
        '%7B%22',
        '{"a":[',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '\\',
        '&',
      ],
      ...[
        'eyJh',
        '&quot;',
        '\n',
        ' ',
        '```',
        'POST / HTTP/1.1\n\n',
        'Array\n(\n',
        'array(',
        '=>',
        '> ',
      ],
      ...[
        '"channel":"sms"',
        '%',
        '%zz',
        'string(3) "',
        "$'",
        '^"',
        '<',
        '\u200b',
        '“',
        '@-',
        '1',
        ',',
      ],
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.boolean(), (parts, repair) => {
        const reading = read(parts.join(''), repair);
        if (reading.kind === 'payloads') for (const one of reading.payloads) JSON.parse(one.text);
        else expect(reading.problem.code).not.toBe('bug');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a payload that was begun beside a whole one', () => {
  const whole = '{"shop":[{"channel":"email","event":"open"}]}';
  test.each([
    ['is cut', `10:01 {"shop":[{"channel":"email","ev\n10:02 ${whole}`, 'payload_not_json', 1],
    ['is cut at the end', `10:01 ${whole}\n10:02 {"shop":[{"channel":"em`, 'payload_ends_early', 2],
    [
      'is encoded and cut',
      `data=${encodeURIComponent(whole)}\ndata=%7B%22shop%22%3A%5B%7B%22cha`,
      'payload_ends_early',
      2,
    ],
  ])('%s: it is lost, with its line', (_, paste, code, line) => {
    const reading = readPaste(Buffer.from(paste));
    if (reading.kind === 'problem') throw reading.problem;
    expect(reading.payloads.map(({ text }) => text)).toEqual([whole]);
    expect(reading.lost).toMatchObject({ line, problem: { code } });
  });

  test('is closed on request', () => {
    const reading = readPaste(Buffer.from(`${whole}\n${whole.slice(0, -6)}`), { repair: true });
    expect(reading).toMatchObject({
      payloads: [{ text: whole }, { warnings: [{ code: 'repaired' }] }],
    });
    expect(reading).not.toHaveProperty('lost.line');
  });

  test.each([
    ['other JSON that is cut', `{"level":"info","list":[1,2\n${whole}`],
    [
      'a broken envelope',
      `{"items":[{"id":1,"name":"a text that takes its room"},{"id":2,"name":"another"} x\n${whole}`,
    ],
    ['nothing', whole],
  ])('is not %s', (_, paste) => {
    const reading = readPaste(Buffer.from(paste));
    expect(reading).toMatchObject({ kind: 'payloads', payloads: [{ text: whole }] });
    expect(reading).not.toHaveProperty('lost.line');
  });
});

test.each([
  ['an event', '{"channel":"email","event":"open"}', 'one event without its panel'],
  ['a request to an export API', 'data={"primary_key":"1","from":"2026-01-01"}', 'export API'],
  ['a printed object', 'body: [object Object]', '[object Object]'],
  ['a form with a printed object', 'data=%5Bobject+Object%5D', '[object Object]'],
  ['JSON without quotes', '{shop_panel:[{channel:email,event:click}]}', 'lost its quotes'],
  [
    'an encoded line break in a string',
    'data=%7B%22a%22%3A%5B%22a%0Ab%22%5D%7D',
    'not JSON|invalid',
  ],
])('%s is named as what it is', (_, paste, words) => {
  const reading = readPaste(Buffer.from(paste));
  expect(reading.kind).toBe('problem');
  if (reading.kind === 'payloads') return;
  expect(reading.problem.message).toMatch(new RegExp(words.replaceAll('[', '\\[')));
});
