import { nearest } from '../../problems/nearest.js';
import { type Problem, problem } from '../../problems/problem.js';
import { type Edit, replacement } from './edit.js';
import {
  type EventPath,
  eventPaths,
  valueAt,
  withoutValueAt,
  withValueAt,
  writeEventPath,
} from './event-path.js';
import type { Json } from './json.js';

/** Panels define the keys of these groups, so a new key needs no `--add`. */
const openGroups = ['custom_params', 'att_params', 'udt_params', 'payload_params'];

/**
 * Applies every edit in order, to each event that has its path. Throws a problem for a path that no
 * event has, so that no edit is ignored silently.
 */
export function editEvents(events: readonly Json[], edits: readonly Edit[]): readonly Json[] {
  return edits.reduce(editAll, events);
}

function editAll(events: readonly Json[], edit: Edit): readonly Json[] {
  let changed = 0;
  const edited = events.map((event) => {
    const after = editEvent(event, edit);
    if (after !== undefined) changed += 1;
    return after ?? event;
  });
  if (changed > 0) return edited;
  if (
    edit.kind === 'set' &&
    isInOpenGroup(edit.path) &&
    !events.some((e) => hasGroup(e, edit.path))
  ) {
    // No event has the group, so create it with the key.
    return events.map(
      (event) => withValueAt(event, edit.path, replacement(edit, undefined)) ?? event,
    );
  }
  throw notFound(edit, events);
}

/** The edited event, or undefined when the edit does not apply. */
function editEvent(event: Json, edit: Edit): Json | undefined {
  if (edit.kind === 'unset') return withoutValueAt(event, edit.path);
  const old = valueAt(event, edit.path);
  const isNew = old === undefined;
  if (isNew && edit.kind === 'set' && !(isInOpenGroup(edit.path) && hasGroup(event, edit.path))) {
    return undefined;
  }
  return withValueAt(event, edit.path, replacement(edit, old));
}

function isInOpenGroup(path: EventPath): boolean {
  return path.length > 1 && openGroups.includes(path[0] ?? '');
}

function hasGroup(event: Json, path: EventPath): boolean {
  return valueAt(event, path.slice(0, 1)) !== undefined;
}

function notFound(edit: Edit, events: readonly Json[]): Problem {
  const path = writeEventPath(edit.path);
  if (edit.kind === 'add') {
    return problem('invalid_value', {
      what: '--add',
      value: path,
      reason: 'its parent is neither an object nor a list of that length',
      hint: 'Add below an object, or at the next position of a list.',
    });
  }
  const all = [...new Set(events.flatMap((event) => [...eventPaths(event)].map(writeEventPath)))];
  return problem('path_not_found', {
    option: `--${edit.kind}`,
    path,
    nearest: nearestPath(edit.path, all),
  });
}

/** Usually the last key is right and its parents are missing: `email`, `params.email`. */
function nearestPath(path: EventPath, all: readonly string[]): string | undefined {
  const typed = writeEventPath(path);
  const last = path.at(-1)?.toLowerCase();
  const lastOf = (candidate: string) => candidate.slice(candidate.lastIndexOf('.') + 1);
  const sameLast = all.filter((candidate) => lastOf(candidate).toLowerCase() === last);
  const [only] = sameLast;
  if (only !== undefined) return nearest(typed, sameLast) ?? only;
  const whole = nearest(typed, all);
  if (whole !== undefined || path.length > 1) return whole;
  const word = nearest(typed, all.map(lastOf));
  return all.find((candidate) => lastOf(candidate) === word);
}
