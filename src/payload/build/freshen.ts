import { type Contact, eventOf, type IsPinned, likeBefore } from './contacts.js';
import { isObject, type Json, withKey } from './json.js';
import type { WallClock } from './wall-clock.js';

/** The values of a sample event that are new in every run. */
export interface Fresh {
  readonly clock: WallClock;
  /** Digits. */
  readonly msgid: string;
  readonly contact: Contact;
}

/** Sets message, contact, `ts` and `timestamp` where they exist, each as number or text as before. */
export function freshen(event: Json, { clock, msgid, contact }: Fresh, isPinned: IsPinned): Json {
  if (!isObject(event)) return event;
  const fresher = eventOf(event, contact, msgid, isPinned);
  const { event_params: params } = fresher;
  if (!isObject(params)) return fresher;
  let timed = params;
  for (const key of ['ts', 'timestamp'] as const) {
    if (!Object.hasOwn(timed, key) || isPinned(['event_params', key])) continue;
    timed = withKey(timed, key, likeBefore(timed[key], clock[key]));
  }
  return { ...fresher, event_params: timed };
}
