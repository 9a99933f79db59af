import type { Capture, HeaderPairs } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import type { Channel } from '../payload/channels.js';
import { type KeyedEvent, keyedEvent } from '../payload/event-key.js';
import type { NetcoreEvent, Payload } from '../payload/payload.js';
import type { EventOf } from '../payload/schema.js';

/** A call that a test's listener received. */
export interface HookCall {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly method: string;
  /** The request target as received: a path with its query. */
  readonly target: string;
  /** In wire order. Credentials and cookies are replaced. */
  readonly headers: HeaderPairs;
  /** Byte for byte. */
  readonly body: Uint8Array;
  /** The status it was answered. */
  readonly status: number;
  /** The JSON of the field `data`; undefined when it is unreadable. */
  readonly payload: Payload | undefined;
  /** In the payload's order; empty when it is unreadable. */
  readonly events: readonly HookEvent[];
  /** Why there is no payload, as a sentence. */
  readonly problem: string | undefined;
}

/** A received event with a summary: channel, activity, contact, name, time. */
export interface HookEvent<C extends Channel = Channel> extends KeyedEvent {
  /**
   * The event itself, typed as Netcore documents it. Not validated: a real event may lack any key.
   */
  readonly data: EventOf<C>;
  /** The call that contained it. */
  readonly call: HookCall;
}

export function hookCallOf(capture: Capture): HookCall {
  const content = readCallContent(capture, 'keys');
  const { time, method, target, headers, body, status } = capture;
  const payload = content.kind === 'payload' ? (JSON.parse(content.text()) as Payload) : undefined;
  const events: HookEvent[] = [];
  const call: HookCall = {
    time,
    method,
    target,
    headers,
    body,
    status,
    payload,
    events,
    problem: content.kind === 'problem' ? content.message : undefined,
  };
  if (content.kind === 'payload' && payload) {
    const data = eventsOf(payload);
    for (const summary of content.everyEvent()) {
      events.push({ ...keyedEvent(summary), data: data[events.length] as EventOf<Channel>, call });
    }
  }
  return call;
}

/** In the order of their summaries. */
function eventsOf(payload: Payload): readonly NetcoreEvent[] {
  return Object.values(payload).filter(Array.isArray).flat(1);
}
