import { describe, expect, test } from 'vitest';
import { eventSchema, payloadJsonSchema, payloadSchema } from '../../src/payload/schema.js';
import { listSamples } from '../../src/sample-files.js';

const open = {
  channel: 'email',
  event: 'open',
  msgid: '546',
  webhook_name: 'Email Open Webhook',
  event_params: {
    ts: 221202154805,
    timestamp: '2022-12-02T15:48:05',
    foreignkey: 'asha@example.com',
  },
};
const params = (change: object) => ({ ...open, event_params: { ...open.event_params, ...change } });

describe('the schema', () => {
  test.each(listSamples())(
    'takes the sample of $channel $activity, and every key of it',
    ({ payload }) => {
      expect(payloadSchema.parse(payload)).toEqual(payload);
    },
  );

  test('lets keys through that the page does not name', () => {
    const event = { ...open, region: 'south', event_params: { ...open.event_params, os: 'ios' } };
    expect(eventSchema.parse(event)).toEqual(event);
  });

  test.each([
    ['ts as text', params({ ts: '221202154805' })],
    ['WhatsApp as the page spells it', { ...open, channel: 'WhatsApp', event: 'Clicked' }],
    ['an empty group as an object', { ...open, custom_params: {} }],
    ['an empty group as a list', { ...open, custom_params: [] }],
    ['a number as linkid', { ...params({ linkid: -1 }), channel: 'rcs' }],
  ])('takes %s', (_, event) => {
    expect(eventSchema.safeParse(event).error).toBeUndefined();
  });

  test.each([
    ['a channel that is none', { ...open, channel: 'fax' }, 'channel', /whatsapp, rcs/],
    ['no channel', { ...open, channel: undefined }, 'channel', /one of email/],
    ['a number as msgid', { ...open, msgid: 546 }, 'msgid', /expected string, received number/],
    ['an epoch time as ts', params({ ts: 1669976285000 }), 'event_params.ts', /YYMMDDHHMMSS/],
    ['a short ts', params({ ts: '2212021548' }), 'event_params.ts', /YYMMDDHHMMSS/],
    [
      'a zone in timestamp',
      params({ timestamp: '2022-12-02T15:48:05Z' }),
      'event_params.timestamp',
      /without a zone/,
    ],
    ['no foreignkey', params({ foreignkey: undefined }), 'event_params.foreignkey', /string/],
    ['no event', { ...open, event: undefined }, 'event', /string/],
    ['a filled list as a group', { ...open, att_params: ['x'] }, 'att_params', /an object/],
    [
      'one token that is no list',
      { ...params({ token: 'x' }), channel: 'apn' },
      'event_params.token',
      /array/,
    ],
  ])('refuses %s and says where', (_, event, path, message) => {
    const issues = eventSchema.safeParse(event).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toMatch(message);
  });

  test('comes as JSON Schema, with a branch for each shape of an event', () => {
    expect(payloadJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: { type: 'array', items: { oneOf: expect.any(Array) } },
    });
  });
});
