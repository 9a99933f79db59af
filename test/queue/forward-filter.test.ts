import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import { type ForwardFilter, findSkipReason } from '../../src/queue/forward-filter.js';
import type { QueuedCall } from '../../src/queue/queue.js';
import { bodyOf, plainCall } from '../helpers/store.js';

const usual: ForwardFilter = { all: false, events: anyEvent };
const everything: ForwardFilter = { all: true, events: anyEvent };
const clicks: ForwardFilter = { all: false, events: { ...anyEvent, activities: ['click'] } };

const batch = bodyOf([
  { channel: 'email', event: 'open', msgid: '546' },
  { channel: 'sms', event: 'click', msgid: '547' },
]);

function queued(call: Partial<ReceivedCall>, events?: QueuedCall['events']): QueuedCall {
  const capture = { ...plainCall, ...call, id: '1pbv5g9h38abcdef' };
  return { capture, events, queued: 0, waitedMs: 0, tries: 0 };
}

const click = {
  panel: 'netcore_hook_test',
  channel: 'sms',
  activity: 'click',
  event: 'clicked',
  msgid: '547',
  who: null,
  name: null,
  time: null,
};

describe('what is forwarded', () => {
  test.each<[string | undefined, string, QueuedCall]>([
    [undefined, 'a call of Netcore', queued({})],
    [undefined, 'one whose events are known', queued({ body: Buffer.from('?') }, [click])],
    [undefined, 'one whose payload is broken', queued({ body: Buffer.from('data=%7B') }, [])],
    [undefined, 'one with another field first', queued({ body: Buffer.from('a=1&data=%7B%7D') })],
    [
      undefined,
      'one that is coded',
      queued({ body: gzipSync(batch), headers: [['Content-Encoding', 'gzip']] }),
    ],
    ['no_post', 'an empty POST', queued({ body: new Uint8Array() })],
    ['no_data', 'a form without data', queued({ body: Buffer.from('user=root') }, [])],
    ['no_post', 'a GET of a scanner', queued({ method: 'GET', body: new Uint8Array() })],
    ['no_post', 'a PUT with data', queued({ method: 'PUT' })],
  ])('%s: %s', async (expected, _name, call) => {
    expect(await findSkipReason(call, usual)).toBe(expected);
    expect(await findSkipReason(call, everything)).toBe(undefined);
  });

  test('is a whole call when any of its events is meant, and else nothing of it', async () => {
    expect(await findSkipReason(queued({ body: batch }), clicks)).toBe(undefined);
    expect(await findSkipReason(queued({}), clicks)).toBe('filtered');
    expect(await findSkipReason(queued({ body: batch }, [click]), clicks)).toBe(undefined);
    const broken = Buffer.from('data=%7B');
    expect(await findSkipReason(queued({ body: broken }), clicks)).toBe('unreadable');
    const probe = queued({ method: 'GET', body: new Uint8Array() }, []);
    expect(await findSkipReason(probe, { ...clicks, all: true })).toBe('no_post');
  });

  test('is one whose only event that is meant is too far behind to be indexed', async () => {
    const events = [
      ...Array.from({ length: 100_000 }, () => ({})),
      { channel: 'sms', event: 'click' },
    ];
    expect(await findSkipReason(queued({ body: bodyOf(events) }), clicks)).toBe(undefined);
    expect(await findSkipReason(queued({ body: bodyOf(events.slice(0, -1)) }), clicks)).toBe(
      'filtered',
    );
  });
});
