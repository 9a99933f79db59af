import { compactJson } from '../../../payload/json-text.js';
import type { EventField, EventFields } from './event-fields.js';

export interface Differences {
  /** Fields that differ, with the other event's value as JSON; null when it lacks the field. */
  readonly differing: ReadonlyMap<EventField, string | null>;
  /** Fields that only the other event has. */
  readonly lacking: readonly EventField[];
}

/** Matches fields by path, and repeated keys by order. */
export function compareFields(event: EventFields, other: EventFields): Differences {
  const there = fieldsByKey(other);
  const differing = new Map<EventField, string | null>();
  for (const [key, field] of fieldsByKey(event)) {
    const match = there.get(key);
    there.delete(key);
    if (!match) differing.set(field, null);
    else if (!isSame(field.json, match.json)) differing.set(field, match.json);
  }
  return { differing, lacking: [...there.values()] };
}

function fieldsByKey({ groups }: EventFields): Map<string, EventField> {
  const fields = new Map<string, EventField>();
  for (const field of groups.flatMap((group) => group.fields)) {
    let times = 0;
    while (fields.has(keyOf(field, times))) times += 1;
    fields.set(keyOf(field, times), field);
  }
  return fields;
}

function keyOf({ path }: EventField, times: number): string {
  return JSON.stringify([times, ...path]);
}

/** Compares JSON, ignoring blanks between the parts of an object or a list. */
function isSame(json: string, other: string): boolean {
  return json === other || (/^[{[]/.test(json) && compactJson(json) === compactJson(other));
}
