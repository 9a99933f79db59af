import type { Capture } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import { planReplay, type ReplayTarget } from '../call/plan-replay.js';
import { countEvents } from '../output/capture-lines.js';
import type { MadeCall } from './send-calls.js';

/** The replay, with the facts for its notice. */
export function makeReplay(capture: Capture, target: ReplayTarget): MadeCall {
  const content = readCallContent(capture);
  const { events, eventCount } =
    content.kind === 'payload' ? content : { events: [], eventCount: 0 };
  return {
    capture: capture.id,
    call: planReplay(capture, target),
    sent: {
      what: countEvents(events) || (capture.body.length === 0 ? 'empty body' : 'no events'),
      events: eventCount,
      msgid: events.find(({ msgid }) => msgid !== null)?.msgid ?? null,
    },
  };
}
