import type { EventKind, FieldFacts, KindFacts, ValueType } from './field-counts.js';

/** How the fields of events differ from those of an earlier time. */
export interface FieldDrift extends EventKind {
  /**
   * `kind_added`: no event of this kind was there before. `field_added`, `type_added`: of a kind that was.
   * `field_removed`: a field that would be there if it were as frequent as before.
   */
  readonly change: 'kind_added' | 'field_added' | 'type_added' | 'field_removed';
  /** Empty for a kind. */
  readonly path: readonly string[];
  /** The added type, or those that the field had. */
  readonly types: readonly ValueType[];
  /** The events that have it now, or the share that had it before. */
  readonly events: number;
  readonly documented: boolean;
}

export interface CountedFields {
  readonly kinds: readonly KindFacts[];
  readonly fields: readonly FieldFacts[];
}

/** A field that is absent where fewer events would have it may be absent by chance. */
const minExpected = 5;

/** What differs now. Kinds without any event now are no drift. */
export function findDrift(before: CountedFields, now: CountedFields): FieldDrift[] {
  const kindsBefore = new Map(before.kinds.map((kind) => [kindKey(kind), kind]));
  const fieldsBefore = new Map(before.fields.map((field) => [fieldKey(field), field]));
  const drift: FieldDrift[] = [];
  for (const { channel, activity, events } of now.kinds) {
    if (kindsBefore.has(kindKey({ channel, activity }))) continue;
    drift.push({
      channel,
      activity,
      change: 'kind_added',
      path: [],
      types: [],
      events,
      documented: false,
    });
  }
  for (const field of now.fields) {
    if (!kindsBefore.has(kindKey(field))) continue;
    const { channel, activity, path, documented } = field;
    const known = fieldsBefore.get(fieldKey(field));
    const types = typesOf(field);
    if (!known) {
      // Its parts are as new as it is.
      if (path.length > 1 && !fieldsBefore.has(fieldKey({ ...field, path: path.slice(0, -1) })))
        continue;
      const { events } = field;
      drift.push({ channel, activity, change: 'field_added', path, types, events, documented });
      continue;
    }
    for (const type of types) {
      if (known.types[type] !== undefined) continue;
      const events = field.types[type] ?? 0;
      drift.push({
        channel,
        activity,
        change: 'type_added',
        path,
        types: [type],
        events,
        documented,
      });
    }
  }
  return [...drift, ...removed(before, now, kindsBefore)];
}

function removed(
  before: CountedFields,
  now: CountedFields,
  kindsBefore: ReadonlyMap<string, KindFacts>,
): FieldDrift[] {
  const eventsNow = new Map(now.kinds.map((kind) => [kindKey(kind), kind.events]));
  const there = new Set(now.fields.map(fieldKey));
  return before.fields.flatMap((field): FieldDrift[] => {
    const { channel, activity, path, events, documented } = field;
    if (there.has(fieldKey(field))) return [];
    if (path.length > 1 && !there.has(fieldKey({ ...field, path: path.slice(0, -1) }))) return [];
    const share = events / (kindsBefore.get(kindKey(field))?.events ?? events);
    if (share * (eventsNow.get(kindKey(field)) ?? 0) < minExpected) return [];
    return [
      {
        channel,
        activity,
        change: 'field_removed',
        path,
        types: typesOf(field),
        events: 0,
        documented,
      },
    ];
  });
}

function typesOf({ types }: Pick<FieldFacts, 'types'>): ValueType[] {
  return Object.keys(types) as ValueType[];
}

function kindKey({ channel, activity }: EventKind): string {
  return JSON.stringify([channel, activity]);
}

function fieldKey({ channel, activity, path }: Pick<FieldFacts, 'channel' | 'activity' | 'path'>) {
  return JSON.stringify([channel, activity, ...path]);
}
