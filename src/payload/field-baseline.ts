import { type FieldFacts, type KindFacts, valueTypes } from './field-counts.js';
import type { CountedFields } from './field-drift.js';

/** Writes counted fields as JSON, a line for each kind and field. */
export function* writeBaseline({ kinds, fields }: CountedFields): Generator<string> {
  yield '{"type":"fields","version":1,"kinds":[';
  yield kinds.map((kind) => `\n${JSON.stringify(kind)}`).join(',');
  yield '\n],"fields":[';
  yield fields.map((field) => `\n${JSON.stringify(field)}`).join(',');
  yield '\n]}\n';
}

/** Reads what `writeBaseline` wrote; undefined: it is something else. */
export function readBaseline(text: string): CountedFields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, version, kinds, fields } = value as Readonly<Record<string, unknown>>;
  if (type !== 'fields' || version !== 1 || !Array.isArray(kinds) || !Array.isArray(fields)) {
    return undefined;
  }
  if (!kinds.every(isKind) || !fields.every(isField)) return undefined;
  return { kinds, fields };
}

function isKind(value: unknown): value is KindFacts {
  const { channel, activity, events } = (value ?? {}) as Partial<KindFacts>;
  return typeof channel === 'string' && typeof activity === 'string' && isCount(events);
}

function isField(value: unknown): value is FieldFacts {
  if (!isKind(value)) return false;
  const { path, types, first, last, documented } = value as Partial<FieldFacts>;
  return (
    Array.isArray(path) &&
    path.every((key) => typeof key === 'string') &&
    typeof types === 'object' &&
    types !== null &&
    Object.entries(types).every(
      ([type, count]) => valueTypes.some((known) => known === type) && isCount(count),
    ) &&
    isCount(first) &&
    isCount(last) &&
    typeof documented === 'boolean'
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
