import { describe, expect, test } from 'vitest';
import { decode, listSamples } from '../../src/index.js';
import { payloadSchema } from '../../src/payload/schema.js';
import { type ActivityOf, post, sample, sendSample } from '../../src/testing.js';
import { nobodyThere, serve } from '../helpers/servers.js';

describe('a sample in a test', () => {
  test.each(listSamples().map(({ channel, activity }) => [channel, activity] as const))(
    'of %s %s is documented, of that channel alone, and the same in every form',
    (channel, activity) => {
      const built = sample(channel, activity as ActivityOf<typeof channel>, { events: 3 });
      expect(payloadSchema.parse(built.payload)).toEqual(built.payload);
      expect(built.events.map((event) => event.channel.toLowerCase())).toEqual(
        Array(3).fill(channel),
      );
      expect(decode(built.body)).toEqual(built.payload);
    },
  );

  test('is changed where it is told to, and nowhere in silence', () => {
    const { payload } = sample('email', 'open', {
      panel: 'shop',
      verbatim: true,
      set: { 'event_params.email': 'ravi@example.com', 'custom_params.order': 7 },
      add: { 'event_params.coupon': null },
      unset: ['event_params.tags'],
    });
    expect(payload).toMatchObject({
      shop: [
        {
          msgid: '546',
          custom_params: { order: 7 },
          event_params: { email: 'ravi@example.com', coupon: null, ts: 221202154805 },
        },
      ],
    });
    expect(payload.shop![0]!.event_params).not.toHaveProperty('tags');
    expect(() => sample('email', 'open', { set: { 'event_params.emial': 'x' } })).toThrow(
      'no event contains "event_params.emial"',
    );
  });

  test('is new in every call, of the moment and zone that are asked for', () => {
    const made = () => sample('sms', 'click', { time: Date.UTC(2026, 0, 1, 12), tz: 'UTC' });
    expect(made().events[0]!.msgid).not.toBe(made().events[0]!.msgid);
    expect(made().events[0]!.event_params.timestamp).toBe('2026-01-01T12:00:00');
  });

  test('is refused for a channel or an activity that does not exist', () => {
    expect(() => sample('emial' as 'email', 'open')).toThrow('Unknown channel "emial"');
    expect(() => sample('email', 'opne' as 'open')).toThrow('Unknown activity "opne"');
  });
});

describe('what is posted to a handler', () => {
  test('comes as Netcore sends it, and its answer comes back', async () => {
    const seen: string[] = [];
    const url = await serve(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString('utf8');
      seen.push(`${request.headers.authorization} ${request.headers['content-type']}`);
      const [event] = Object.values(decode(body)).flat();
      response.writeHead(202, { 'X-Order': '7' }).end(`taken ${String(event?.channel)}`);
    });
    const auth = 'netcore:secret';
    const answer = await sendSample(url, 'rcs', 'click', { auth });
    expect(answer).toMatchObject({ status: 202, text: 'taken rcs', headers: { 'x-order': '7' } });
    await post(url, sample('rcs', 'click', { auth }));
    await post(url, sample('rcs', 'click').payload, {
      headers: { Authorization: 'Basic bmV0Y29yZTpzZWNyZXQ=' },
    });
    expect(new Set(seen)).toEqual(
      new Set(['Basic bmV0Y29yZTpzZWNyZXQ= application/x-www-form-urlencoded']),
    );
  });

  test('is a problem when no answer comes', async () => {
    await expect(sendSample(await nobodyThere(), 'rcs', 'click')).rejects.toMatchObject({
      code: 'not_answered',
      message: expect.stringContaining('Nothing is listening at 127.0.0.1:'),
    });
    await expect(post('shop', { body: '' })).rejects.toThrow('url cannot be "shop"');
  });
});
