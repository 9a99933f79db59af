import { jsonChildren } from '../../payload/json-children.js';
import { problem } from '../../problems/problem.js';

/** A value in a JSON file, with its position. */
export interface JsonMember {
  readonly path: string;
  /** The path from the outermost object: `profiles.staging.to`; empty for that object. */
  readonly key: string;
  /** The text of the whole file. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Its first line, counted from 1. */
  readonly line: number;
}

/** How problems name it. */
export function locationName({
  key,
  path,
  line,
}: Pick<JsonMember, 'key' | 'path' | 'line'>): string {
  return key === '' ? path : `"${key}" in ${path}:${line}`;
}

/**
 * The members of an object by name. Throws for duplicate names, of which JSON.parse silently drops
 * one.
 */
export function jsonMembers(parent: JsonMember): (JsonMember & { readonly name: string })[] {
  const { path, text } = parent;
  const seen = new Set<string>();
  const members: (JsonMember & { readonly name: string })[] = [];
  let line = parent.line;
  let counted = parent.start;
  for (const child of jsonChildren(text.slice(parent.start, parent.end))) {
    const name = child.key ?? '';
    const start = parent.start + child.start;
    for (; counted < start; counted += 1) if (text[counted] === '\n') line += 1;
    const key = parent.key === '' ? name : `${parent.key}.${name}`;
    if (seen.has(name)) {
      throw problem('config_invalid', {
        name: locationName({ key, path, line }),
        reason: 'occurs twice',
        hint: 'Remove one of them.',
      });
    }
    seen.add(name);
    members.push({ path, key, name, text, start, end: parent.start + child.end, line });
  }
  return members;
}

/** The elements of an array, with keys like `forwardTo[0]`. */
export function jsonElements(parent: JsonMember): JsonMember[] {
  const { path, text } = parent;
  return [...jsonChildren(text.slice(parent.start, parent.end))].map((child, index) => {
    const start = parent.start + child.start;
    const line = parent.line + text.slice(parent.start, start).split('\n').length - 1;
    return {
      path,
      key: `${parent.key}[${index}]`,
      text,
      start,
      end: parent.start + child.end,
      line,
    };
  });
}
