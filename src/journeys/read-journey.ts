import { type JsonChild, jsonChildren } from '../payload/json-children.js';
import { findJsonFault } from '../payload/json-fault.js';
import { jsonBreakArguments } from '../payload/json-location.js';
import { nearest } from '../problems/nearest.js';
import { type Problem, problem } from '../problems/problem.js';
import { compileJourney } from './compile-journey.js';
import type { Journey, Located } from './journey.js';
import { journeyKeys, journeySchema, type MessageChannel } from './journey-schema.js';

type Path = readonly PropertyKey[];

/**
 * Reads a journey file. Throws a problem with the line and column of its first mistake.
 * `channel`: replaces the channel of each message.
 */
export function readJourney(
  text: string,
  path: string,
  channel: MessageChannel | undefined,
): Journey {
  const fault = findJsonFault(text);
  if (fault) {
    const hint = 'Use plain JSON, without comments or trailing commas.';
    throw invalid(text, path, fault.offset, `it is not valid JSON: ${fault.reason}`, hint);
  }
  const located = (at: Path, reason: string, hint: string) =>
    invalid(text, path, offsetOf(text, at), reason, hint);
  const checked = journeySchema.safeParse(JSON.parse(text));
  if (!checked.success) throw firstIssue(checked.error.issues, JSON.parse(text), located);
  refuseRepeated(text, path);
  return compileJourney(checked.data, channel, located);
}

const formatHint = 'docs/rehearse.md and journey.schema.json describe the format.';

interface Issue {
  readonly code?: string | undefined;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly { readonly message: string }[];
}

function firstIssue(issues: readonly Issue[], json: unknown, located: Located): Problem {
  // An unknown key explains a missing one.
  const issue = issues.find(({ keys }) => keys !== undefined) ?? issues[0];
  if (!issue) return located([], 'it is not a journey', formatHint);
  const [key] = issue.keys ?? [];
  if (key !== undefined) {
    const missing = issues.flatMap(({ path }) =>
      path.length === issue.path.length + 1 && valueAt(json, path) === undefined
        ? [String(path.at(-1))]
        : [],
    );
    const meant = nearest(key, missing.length > 0 ? missing : journeyKeys());
    const hint = meant === undefined ? formatHint : `Did you mean "${meant}"?`;
    return located([...issue.path, key], `"${key}" is not a key here`, hint);
  }
  // An item of a list is named by the list.
  const at = issue.path.findLast((part) => typeof part === 'string');
  const what = at === undefined ? 'the file' : `"${String(at)}"`;
  if (issue.path.length > 0 && valueAt(json, issue.path) === undefined) {
    return located(issue.path.slice(0, -1), `${what} is missing`, formatHint);
  }
  const expected = issue.issues?.[0]?.message ?? issue.message;
  return located(issue.path, `${what} is invalid: ${expected}`, formatHint);
}

/** JSON.parse drops all but the last of two nodes with the same name. */
function refuseRepeated(text: string, path: string, start = 0): void {
  const seen = new Set<string>();
  for (const child of jsonChildren(text, start)) {
    if (child.key !== undefined && seen.has(child.key)) {
      throw invalid(text, path, child.at, `"${child.key}" occurs twice`, 'Remove one of them.');
    }
    if (child.key !== undefined) seen.add(child.key);
    if (text[child.start] === '{' || text[child.start] === '[') {
      refuseRepeated(text, path, child.start);
    }
  }
}

function invalid(text: string, path: string, offset: number, reason: string, hint: string) {
  const { line, column, excerpt } = jsonBreakArguments(text, { reason, offset });
  return problem('journey_invalid', { path, line, column, reason, hint, excerpt });
}

/** The offset of a member, or of its nearest parent. */
function offsetOf(text: string, path: Path): number {
  let offset = Math.max(0, text.search(/\S/));
  let start = offset;
  for (const part of path) {
    const child = childOf(text, start, part);
    if (child === undefined) break;
    offset = child.at;
    start = child.start;
  }
  return offset;
}

function childOf(text: string, start: number, part: PropertyKey): JsonChild | undefined {
  if (text[start] !== '{' && text[start] !== '[') return undefined;
  let index = 0;
  for (const child of jsonChildren(text, start)) {
    if (child.key === undefined ? index === part : child.key === part) return child;
    index += 1;
  }
  return undefined;
}

function valueAt(json: unknown, path: Path): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
