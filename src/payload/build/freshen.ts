import { LosslessNumber } from 'lossless-json';
import type { EventPath } from './event-path.js';
import { isNumber, isObject, type Json, type JsonObject, withKey } from './json.js';
import type { WallClock } from './wall-clock.js';

/** The values of a sample event that are new in every call. */
export interface Fresh {
  readonly clock: WallClock;
  /** Digits. */
  readonly msgid: string;
}

const freshPaths = [['msgid'], ['event_params', 'ts'], ['event_params', 'timestamp']] as const;

/** Whether an edit sets one of the values that would otherwise be new. */
export type IsPinned = (path: EventPath) => boolean;

export function pinnedBy(edited: readonly EventPath[]): IsPinned {
  const pinned = freshPaths.filter((fresh) =>
    edited.some((path) => path.every((key, index) => fresh[index] === key)),
  );
  return (path) => pinned.some((fresh) => fresh.join() === path.join());
}

/**
 * Sets `msgid`, `ts` and `timestamp` to new values where they exist, each as number or text as
 * before.
 */
export function freshen(event: Json, fresh: Fresh, isPinned: IsPinned): Json {
  if (!isObject(event)) return event;
  const values: Readonly<Record<string, string>> = { msgid: fresh.msgid, ...fresh.clock };
  let fresher = event;
  for (const path of freshPaths) {
    if (isPinned(path)) continue;
    const [outer, inner] = path;
    const old = fresher[outer];
    if (inner === undefined) fresher = renewed(fresher, outer, values);
    else if (isObject(old)) fresher = withKey(fresher, outer, renewed(old, inner, values));
  }
  return fresher;
}

function renewed(
  object: JsonObject,
  key: string,
  values: Readonly<Record<string, string>>,
): JsonObject {
  const value = values[key];
  if (value === undefined || !Object.hasOwn(object, key)) return object;
  // A JSON number has no leading zeros, which `ts` has before 2010.
  const number = () => new LosslessNumber(value.replace(/^0+(?=\d)/, ''));
  return withKey(object, key, isNumber(object[key]) ? number() : value);
}
