import { compactJson } from '../../../payload/json-text.js';
import type { EventField, EventFields } from './event-fields.js';

/** How an event differs from another. */
export interface Differences {
  /** Its fields that differ, and the value there as JSON; null: the other has no such field. */
  readonly differing: ReadonlyMap<EventField, string | null>;
  /** The fields that only the other has. */
  readonly lacking: readonly EventField[];
}

/** Fields are matched by their path; a key that stands in an event twice, in its order. */
export function compareFields(event: EventFields, other: EventFields): Differences {
  const there = fieldsByPlace(other);
  const differing = new Map<EventField, string | null>();
  for (const [place, field] of fieldsByPlace(event)) {
    const match = there.get(place);
    there.delete(place);
    if (!match) differing.set(field, null);
    else if (!isSame(field.json, match.json)) differing.set(field, match.json);
  }
  return { differing, lacking: [...there.values()] };
}

function fieldsByPlace({ groups }: EventFields): Map<string, EventField> {
  const fields = new Map<string, EventField>();
  for (const field of groups.flatMap((group) => group.fields)) {
    let times = 0;
    while (fields.has(placeOf(field, times))) times += 1;
    fields.set(placeOf(field, times), field);
  }
  return fields;
}

function placeOf({ path }: EventField, times: number): string {
  return JSON.stringify([times, ...path]);
}

/** The same text, but for blanks between the parts of an object or a list. */
function isSame(json: string, other: string): boolean {
  return json === other || (/^[{[]/.test(json) && compactJson(json) === compactJson(other));
}
