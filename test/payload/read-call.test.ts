import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce, type CallReading, readCall, readCallSteps } from '../../src/payload/read-call.js';
import { useWorkCounter } from '../helpers/count-work.js';

const countWork = useWorkCounter();
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (body: string, contentType?: string) => readCall(bytes(body), contentType);

describe('readCall', () => {
  test('reads a batch of two panels with the exact text of its JSON', () => {
    const text = '{"shop_in": [{"channel":"email","event":"Opened"}], "shop_ae":[]}';
    const reading = read(`data=${encodeURIComponent(text)}`);
    expect(reading).toMatchObject({
      kind: 'payload',
      events: [{ panel: 'shop_in', channel: 'email', activity: 'open', event: 'Opened' }],
      warnings: [],
    });
    expect(reading.kind === 'payload' && reading.text()).toBe(text);
  });

  test.each([
    ['', 'body_empty', 'The body is empty.'],
    ['order=1', 'no_data_field', 'There is no field "data" in the body.'],
    ['data=', 'data_empty', 'The field "data" is empty.'],
    ['data=%FF', 'not_utf8', 'The value of data is not UTF-8 at byte 5 of the body.'],
    ['data=abc%C3%28', 'not_utf8', 'at byte 8 of the body.'],
    ['x=1&data=%41+%ED%A0%80', 'not_utf8', 'at byte 13 of the body.'],
    ['data=%%E2%82', 'not_utf8', 'at byte 6 of the body.'],
    ['data=undefined', 'not_json', 'undefined is not a JSON value at character 1'],
    ['data=%7B%22shop', 'not_json', 'it ends inside a string'],
    ['data=[]', 'not_panels', 'The payload is a list, not panels.'],
    ['data=null', 'not_panels', 'The payload is null, not panels.'],
    ['data={"status":"ok"}', 'not_panels', 'none of its keys contains a list of events'],
  ])('says of %j that it is %s', (body, code, sentence) => {
    const reading = read(body);
    expect(reading).toMatchObject({ kind: 'problem', code });
    expect(reading.kind === 'problem' && reading.message).toContain(sentence);
  });

  test.each([
    ['data={"shop":[]}&data={"lost":[]}', undefined, 'field_repeated'],
    ['data={"shop":[],"note":1}', undefined, 'panel_not_list'],
    ['{"shop":[]}', 'application/json; charset=utf-8', 'not_a_form'],
  ])('reads %s and warns', (body, contentType, code) => {
    expect(read(body, contentType)).toMatchObject({ kind: 'payload', warnings: [{ code }] });
  });

  test('reads the same in steps', () => {
    const pieces = [
      ...[
        'data=',
        'Data=',
        '&',
        '?',
        '=',
        '+',
        '%',
        '%2B',
        '%7B%22shop%22%3A%5B',
        '{"shop":[',
        '{}',
      ],
      ...['{"msgid":9007199254740993}', ',', ']}', '%5D%7D', '\u00e9', '\u{1f600}', '%F0%9F%98%80'],
      ...[
        '%ED%A0%80',
        '\ufeff',
        '\0',
        '--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n',
      ],
    ];
    const types = [
      undefined,
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ];
    const plain = (reading: CallReading) => {
      if (reading.kind === 'problem') return reading;
      return { ...reading, text: reading.text(), everyEvent: [...reading.everyEvent()] };
    };
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 8 }),
        fc.constantFrom('', 'data=', 'data={"shop":['),
        fc.constantFrom(...types),
        (parts, start, type) => {
          const body = bytes(`${start}${parts.join('')}`);
          expect(plain(readCall(body, type))).toEqual(plain(atOnce(readCallSteps(body, type))));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, json) => {
        const body = Uint8Array.from([...bytes(json ? '' : 'data='), ...noise]);
        readCall(body, json ? 'application/json' : undefined);
      }),
    );
  });

  test.each([
    ['100,000 levels', `data={"shop":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a million fields', 'order=1&'.repeat(1_000_000)],
    ['a million fields named data', 'data=1&'.repeat(1_000_000)],
    ['a million percent signs', `data=${'%'.repeat(1_000_000)}`],
  ])('reads %s in work that grows as the body does', async (_, body) => {
    const hostile = bytes(body);
    const work = await countWork(() => {
      readCall(hostile, undefined);
    });
    expect(work.blocks).toBeLessThan(hostile.length * 30);
    expect(work.characters).toBeLessThan(hostile.length * 30);
  });
});
