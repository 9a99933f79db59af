import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decode,
  decodeRequest,
  encode,
  eventKey,
  events,
  listSamples,
  Problem,
} from '../../src/index.js';

const body = 'data=%7B%22shop%22%3A%5B%7B%22channel%22%3A%22email%22%7D%5D%7D';
const payload = { shop: [{ channel: 'email' }] };

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  throw new Error('It was taken.');
}

function formData(data: string | Blob): FormData {
  const form = new FormData();
  form.set('data', data);
  return form;
}

describe('decode', () => {
  test.each([
    ['text', ''],
    ['bytes', new Uint8Array()],
  ])("takes an empty body as %s, which the panel's Test button sends", (_, given) => {
    expect(decode(given)).toEqual({});
  });

  test.each([
    ['parameters without the field', new URLSearchParams('order=1')],
    ['a form with a file in the field', formData(new Blob(['{}']))],
  ])('refuses %s', (_, given) => {
    expect(codeOf(() => decode(given))).toBe('no_data_field');
  });

  test('takes a Fetch request', async () => {
    const request = (text: string) =>
      new Request('http://localhost/hook', { method: 'POST', body: text });
    expect(await decodeRequest(request(body))).toEqual(payload);
    expect(await decodeRequest(request(''))).toEqual({});
    await expect(decodeRequest(request('data=%7B'))).rejects.toMatchObject({
      code: 'payload_ends_early',
    });
  });

  test.each([
    ['text', body],
    ['bytes', Buffer.from(body)],
    ['a parsed form', { data: JSON.stringify(payload), sig: 'abc' }],
    ['a parsed form with the field twice', { data: [JSON.stringify(payload), '{}'] }],
    ['a parsed form of parsed JSON', { data: payload }],
    ['URLSearchParams', new URLSearchParams(body)],
    ['FormData', formData(JSON.stringify(payload))],
    ['the JSON itself', JSON.stringify(payload)],
  ])('takes %s', (_, given) => {
    expect(decode(given)).toEqual(payload);
  });

  test.each([
    ['order=1', 'no_data_field'],
    ['data=', 'data_empty'],
    ['data=%7B', 'payload_ends_early'],
    ['data=undefined', 'payload_not_json'],
    ['data=[]', 'payload_not_panels'],
    ['data=null', 'payload_not_panels'],
  ])('refuses %j as %s', (given, code) => {
    expect(codeOf(() => decode(given))).toBe(code);
  });

  test.each([
    [undefined, 'There is no field "data" in the body, which is undefined.'],
    [null, 'There is no field "data" in the body, which is null.'],
    [{}, 'There is no field "data" in the form.'],
  ])('points to the body parser when a handler hands over %j', (given, message) => {
    const decoding = () => decode(given as never);
    expect(codeOf(decoding)).toBe('no_data_field');
    expect(decoding).toThrow(message);
    expect(decoding).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('a form body parser') }),
    );
  });

  test('refuses a parsed form without the field', () => {
    expect(codeOf(() => decode({ sig: 'abc' } as never))).toBe('no_data_field');
  });

  test('reads what URLSearchParams and JSON.parse read', () => {
    const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.array(fc.jsonValue()));
    const broken = fc.constantFrom('', '%', '%zz', '%FF', '+', '&data=2', 'é', '\ud800');
    fc.assert(
      fc.property(json, broken, (value, noise) => {
        const text = JSON.stringify({ ...value, noise: ['?'] });
        const given = `data=${encodeURIComponent(text).replace('%3F', noise)}`;
        const plain = () => JSON.parse(new URLSearchParams(given).get('data') ?? '') as unknown;
        let expected: unknown;
        try {
          expected = plain();
        } catch {
          expect(() => decode(given)).toThrow(Problem);
          return;
        }
        expect(decode(given)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('encode', () => {
  test('is undone by decode, in both spellings', () => {
    const any = fc.dictionary(fc.string({ unit: 'binary' }), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(any, fc.constantFrom('compact', 'indented'), (value, spelling) => {
        // JSON has no -0 and no __proto__ that an object literal would keep.
        const clean = JSON.parse(JSON.stringify(value));
        expect(decode(encode(clean, { spelling }))).toEqual(clean);
      }),
    );
  });

  test('keeps the tokens of JSON text', () => {
    expect(encode('{"shop": [{"msgid": 9007199254740993, "price": 9990.90}]}')).toBe(
      'data=%7B%22shop%22%3A%5B%7B%22msgid%22%3A9007199254740993%2C%22price%22%3A9990.90%7D%5D%7D',
    );
  });

  test.each([
    ['{"shop":[', 'payload_ends_early'],
    ['{shop:[]}', 'payload_not_json'],
    ['[]', 'payload_not_panels'],
  ])('refuses %s as %s', (text, code) => {
    expect(codeOf(() => encode(text))).toBe(code);
  });
});

describe('events', () => {
  test('lists the events of all panels with channel, activity, contact and key', () => {
    const click = {
      channel: 'WhatsApp',
      event: 'Clicked',
      msgid: '1',
      event_params: { mobile: '+00 00000 00001', ts: 261101120000 },
    };
    const search = { channel: 'custom_activity', event_params: { asset_name: 'Search' } };
    const odd = { channel: 'zalo', event: 'seen' };
    const listed = events({ shop: [click, search], north: [odd] });
    expect(
      listed.map(({ panel, channel, activity, contact }) => [panel, channel, activity, contact]),
    ).toEqual([
      ['shop', 'whatsapp', 'click', '000000000001'],
      ['shop', 'custom_activity', 'Search', ''],
      ['north', 'other', 'seen', ''],
    ]);
    expect(listed.map(({ key, weak }) => ({ key, weak }))).toEqual([
      eventKey('shop', click),
      eventKey('shop', search),
      eventKey('north', odd),
    ]);
    expect(listed[0]?.event).toBe(click);
    // Known fields have types, and others need a check.
    const email: string | undefined = listed[0]?.event.event_params?.email;
    const other: unknown = listed[0]?.event.event_params?.anything;
    expect([email, other]).toEqual([undefined, undefined]);
    // The channel discriminates.
    const [first] = listed;
    const tags: string | undefined =
      first?.channel === 'email' ? first.event.event_params?.tags : undefined;
    // @ts-expect-error Only bpn and apn have devices.
    const token: string[] | undefined =
      first?.channel === 'sms' ? first.event.event_params?.token : undefined;
    expect([tags, token]).toEqual([undefined, undefined]);
  });

  test('omits what is no event, and never throws', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const listed = events(value as never);
        const objects = Object.values(value)
          .filter(Array.isArray)
          .flat()
          .filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each));
        expect(listed.map(({ event }) => event)).toEqual(objects);
      }),
    );
  });

  test.each(listSamples())(
    'knows the channel of $channel $activity',
    ({ channel, payload: own }) => {
      expect(events(own)[0]?.channel).toBe(channel);
    },
  );
});
