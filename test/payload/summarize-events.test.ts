import { describe, expect, test } from 'vitest';
import type { Payload } from '../../src/payload/payload.js';
import { summarizeEvents } from '../../src/payload/summarize-events.js';

const one = (event: unknown, text?: string) =>
  summarizeEvents({ shop: [event] } as Payload, text)[0];

describe('summarizeEvents', () => {
  test('names channel and activity canonically and keeps the activity as it came', () => {
    expect(
      one({
        channel: 'WhatsApp',
        event: 'Clicked',
        msgid: '4930',
        att_params: { EMAIL: 'asha@example.com', MOBILE: '0000000001' },
        event_params: { timestamp: '2022-12-01T18:12:54', ts: 221201181254, name: 'Diwali sale' },
        journey_name: 'Welcome',
      }),
    ).toMatchObject({
      panel: 'shop',
      channel: 'whatsapp',
      activity: 'click',
      event: 'Clicked',
      msgid: '4930',
      who: 'asha@example.com',
      name: 'Diwali sale',
      time: '2022-12-01T18:12:54',
    });
  });

  test.each([
    [
      'asset_name of a custom activity',
      { channel: 'custom_activity', event_params: { asset_name: 'Add to Cart' } },
      { activity: 'Add to Cart', event: 'Add to Cart' },
    ],
    [
      'activity_name of a custom activity',
      { channel: 'custom_activity', event_params: { activity_name: 'Search' } },
      { activity: 'Search' },
    ],
    [
      'an unknown channel as it came',
      { channel: 'zalo', event: 'seen' },
      { channel: 'zalo', activity: 'seen' },
    ],
    ['a numeric msgid', { msgid: 1318 }, { msgid: '1318' }],
    ['ts written out', { event_params: { ts: 221202154805 } }, { time: '2022-12-02T15:48:05' }],
    ['ts as text', { event_params: { ts: '240704122501' } }, { time: '2024-07-04T12:25:01' }],
    [
      'a ts of another form as it came',
      { event_params: { ts: 1669975685 } },
      { time: '1669975685' },
    ],
    [
      'the journey when nothing else is named',
      { event_params: { name: null }, journey_name: 'Welcome' },
      { name: 'Welcome' },
    ],
    ['null', null, { channel: '', activity: null, who: null }],
    ['text', 'delivered', { channel: '', activity: null }],
    ['a list', [1], { channel: '', msgid: null }],
    ['groups that are lists', { event_params: [], att_params: [] }, { who: null }],
    [
      'objects where text belongs',
      { channel: {}, event: [], msgid: {} },
      { channel: '', event: null, msgid: null },
    ],
  ])('shows %s', (_, event, expected) => {
    expect(one(event)).toMatchObject(expected);
  });

  test('skips panels that hold no list', () => {
    expect(summarizeEvents({ shop: { event: 'open' } } as unknown as Payload)).toEqual([]);
  });

  test('shows the digits of a number that is too large for a double', () => {
    const text =
      '{"shop":[{"msgid":9007199254740993,"event_params":{"foreignkey":15536250111702803}}]}';
    expect(summarizeEvents(JSON.parse(text), text)).toMatchObject([
      { msgid: '9007199254740993', who: '15536250111702803' },
    ]);
  });
});
