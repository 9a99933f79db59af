import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import { type ForwardFilter, isForwarded } from '../../src/queue/forward-filter.js';
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
  test.each<[boolean, string, QueuedCall]>([
    [true, 'a call of Netcore', queued({})],
    [true, 'one whose events are known', queued({ body: Buffer.from('?') }, [click])],
    [true, 'one whose payload is broken', queued({ body: Buffer.from('data=%7B') }, [])],
    [true, 'one with another field first', queued({ body: Buffer.from('a=1&data=%7B%7D') })],
    [
      true,
      'one that is coded',
      queued({ body: gzipSync(batch), headers: [['Content-Encoding', 'gzip']] }),
    ],
    [false, 'an empty POST', queued({ body: new Uint8Array() })],
    [false, 'a form without data', queued({ body: Buffer.from('user=root') }, [])],
    [false, 'a GET of a scanner', queued({ method: 'GET', body: new Uint8Array() })],
    [false, 'a PUT with data', queued({ method: 'PUT' })],
  ])('%s: %s', (expected, _name, call) => {
    expect(isForwarded(call, usual)).toBe(expected);
    expect(isForwarded(call, everything)).toBe(true);
  });

  test('is a whole call when any of its events is meant, and else nothing of it', () => {
    expect(isForwarded(queued({ body: batch }), clicks)).toBe(true);
    expect(isForwarded(queued({}), clicks)).toBe(false);
    expect(isForwarded(queued({ body: batch }, [click]), clicks)).toBe(true);
    expect(isForwarded(queued({ body: batch }, []), clicks)).toBe(false);
    expect(isForwarded(queued({ method: 'GET' }, []), { ...clicks, all: true })).toBe(false);
  });
});
