import { identityKey } from '../../src/payload/event-key.js';

/** An event of a truth file, and how it was sent. */
export interface TruthEvent {
  readonly msgid: string;
  readonly contact: string;
  readonly channel: string;
  readonly activity: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly detail: string;
}

const panel = 'netcore_hook_test';
const kolkataSeconds = 5.5 * 3600;

/** YYYY-MM-DDTHH:MM:SS in a zone that is this many seconds ahead of UTC. */
export function wallClock(time: number, ahead: number): string {
  return new Date((time + ahead) * 1000).toISOString().slice(0, 19);
}

function tsOf(time: number): string {
  return wallClock(time, kolkataSeconds).slice(2).replace(/\D/g, '');
}

/** The line of a truth file. `status`: the answer to the call. */
export function truthLine(event: TruthEvent, status: number | null = 200, repeat = false): string {
  const { msgid, contact, channel, activity, time, detail } = event;
  const ts = tsOf(time);
  const key = identityKey({ panel, msgid, contact, channel, activity, time: ts, detail });
  return JSON.stringify({
    schema: 1,
    type: 'truth',
    key,
    call: 1,
    time: '2026-12-01T00:00:12.345Z',
    panel,
    msgid,
    contact,
    channel,
    activity,
    ts,
    detail,
    webhook: 'Cart reminder',
    journey: 'Abandoned cart',
    node: 'opened',
    repeat,
    late: false,
    status,
    reason: status === null ? 'outage' : null,
  });
}

export const simulationLine = JSON.stringify({
  schema: 1,
  type: 'simulation',
  journey: 'abandoned-cart',
  seed: 42,
  start: '2026-12-01T04:30:00.000Z',
  panel,
  contacts: 3,
});

/** The event as Netcore would send it. */
export function netcoreEvent(event: TruthEvent): unknown {
  const { msgid, contact, channel, activity, time, detail } = event;
  return {
    channel,
    event: activity,
    msgid,
    event_params: {
      foreignkey: contact,
      ts: Number(tsOf(time)),
      timestamp: wallClock(time, kolkataSeconds),
      ...(detail === '' ? {} : { url: detail }),
    },
  };
}
