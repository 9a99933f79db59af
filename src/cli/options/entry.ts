import { dirname, resolve } from 'node:path';
import type { Host } from '../../host.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { isInHome } from '../../user-folders.js';
import { type JsonMember, jsonElements, jsonMembers, locationName } from './json-members.js';
import { chosen, handlerName, type ListKind, type Named, type TextKind } from './kinds.js';
import { network, refuseBroadNetworks } from './networks.js';
import { entryKey } from './option.js';
import { exampleOf, type Setting } from './settings.js';

/** A setting in a project file. */
export interface Entry {
  readonly setting: Setting;
  readonly path: string;
  /** The path from the outermost object: `profiles.staging.to`. */
  readonly key: string;
  readonly line: number;
  readonly value: boolean | readonly Part[];
}

/** A literal text, or the variable that holds it. */
type Part = (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly variable: string }
) & {
  /** The settings of this item alone. */
  readonly own?: readonly OwnEntry[];
};

interface OwnEntry {
  readonly attribute: string;
  readonly entry: Entry;
}

/** Reads and validates a value of the file. */
export function readEntry(member: JsonMember, setting: Setting): Entry {
  const { kind } = setting;
  const { path, key, line } = member;
  const value: unknown = JSON.parse(member.text.slice(member.start, member.end));
  const name = locationName(member);
  const entry = { setting, path, key, line };
  const example = exampleOf(setting);
  switch (kind.form) {
    case 'switch':
      if (typeof value === 'boolean') return { ...entry, value };
      throw wrongType(name, value, 'true or false', example);
    case 'list':
      if (kind.entry) return { ...entry, value: readItems(member, value, kind, example) };
      if (!Array.isArray(value)) throw wrongType(name, value, 'a list', example);
      return { ...entry, value: readList(value, kind, name, path) };
    case 'text':
      return { ...entry, value: [readPart(value, { ...kind, example }, name, path)] };
    case 'bare':
      return { ...entry, value: [readPart(value, kind.item, name, path)] };
  }
}

function readList(
  items: readonly unknown[],
  kind: ListKind<unknown>,
  name: string,
  path: string,
): Part[] {
  const parts = items.map((item) => readPart(item, itemKind(kind), name, path));
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  if (kind.item === network) refuseBroadNetworks(name, texts);
  return parts;
}

/** One item or a list of them. Each is a text, a variable, or an object with the settings of this item. */
function readItems(
  member: JsonMember,
  value: unknown,
  kind: ListKind<unknown>,
  example: string,
): Part[] {
  const items = Array.isArray(value) ? jsonElements(member) : [member];
  return items.map((item) => {
    const found: unknown = JSON.parse(item.text.slice(item.start, item.end));
    const name = locationName(item);
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    if (isObject && !('env' in found)) return readItemObject(item, kind);
    return readPart(found, { ...kind.item, example }, name, item.path);
  });
}

function readItemObject(item: JsonMember, { item: kind, entry = {} }: ListKind<unknown>): Part {
  const members = jsonMembers(item);
  const name = locationName(item);
  const rows = [
    ['name', { ...nameRow, key: 'name' }] as const,
    ...Object.entries(entry).map(([attribute, row]) => [attribute, row] as const),
  ];
  const url = members.find((each) => each.name === 'url');
  if (!url) {
    throw problem('config_invalid', {
      name,
      reason: 'is an object without a url',
      hint: `Write it like {"url": ${kind.example}}.`,
    });
  }
  const own = members.flatMap((each) => {
    if (each === url) return [];
    const found = rows.find(([, row]) => entryKey(row) === each.name);
    if (!found) {
      const keys = ['url', ...rows.map(([, row]) => entryKey(row))];
      throw problem('config_unknown_key', {
        name: locationName(each),
        nearest: nearest(each.name, keys),
      });
    }
    const [attribute, row] = found;
    return [{ attribute, entry: readEntry(each, { ...row, key: entryKey(row) }) }];
  });
  const written: unknown = JSON.parse(url.text.slice(url.start, url.end));
  return { ...readPart(written, kind, locationName(url), item.path), own };
}

const nameRow = {
  flags: '--name <name>',
  kind: handlerName,
  description: 'what you call this handler',
} as const;

/** In a file, lists are JSON arrays, so items must not contain commas. */
function itemKind({ item, commas }: ListKind<unknown>): TextKind<unknown> {
  if (!commas) return item;
  return {
    ...item,
    parse(name, typed) {
      if (!typed.includes(',')) return item.parse(name, typed);
      throw problem('invalid_value', {
        what: name,
        value: typed,
        reason: 'it contains a comma',
        hint: 'Write each item as a separate string: ["one", "another"].',
      });
    },
  };
}

/** The values as on the command line. Throws a problem when a variable is not set. */
export function textsOf(entry: Entry, env: Host['env']): Named[] {
  if (typeof entry.value === 'boolean') return [];
  const name = locationName(entry);
  return entry.value.map((part) => {
    const own = part.own?.map(({ attribute, entry: setting }) => ({
      attribute,
      kind: setting.setting.kind,
      value: typeof setting.value === 'boolean' ? setting.value : textsOf(setting, env),
    }));
    if (part.kind === 'text') return { name, value: part.text, ...(own && { own }) };
    const { variable } = part;
    const value = env[variable];
    if (!value) throw problem('config_unset', { name, variable });
    return { name: variable, value, ...(own && { own }) };
  });
}

function readPart(value: unknown, kind: TextKind<unknown>, name: string, path: string): Part {
  const variable = variableOf(value, name);
  if (variable !== undefined) return { kind: 'variable', variable };
  const { types, words } = jsonForms[kind.json];
  if (!types.includes(typeof value)) throw wrongType(name, value, words, kind.example);
  const text = String(value);
  kind.refuse?.(name, text);
  // A file must spell a choice exactly as the schema does.
  if (kind.choices) chosen(name, text, kind.choices);
  kind.parse(name, text);
  const resolved = (name: string) => (isInHome(name) ? name : resolve(dirname(path), name));
  return { kind: 'text', text: kind.mapPath?.(text, resolved) ?? text };
}

const jsonForms: Readonly<
  Record<TextKind<unknown>['json'], { types: readonly string[]; words: string }>
> = {
  number: { types: ['number'], words: 'a number' },
  string: { types: ['string'], words: 'a text' },
  either: { types: ['string', 'number'], words: 'a text or a number' },
};

/** The variable of `{"env": "NAME"}`. */
function variableOf(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { env, ...others } = value as Readonly<Record<string, unknown>>;
  if (typeof env === 'string' && /^[A-Z_]\w*$/i.test(env) && Object.keys(others).length === 0) {
    return env;
  }
  throw problem('config_invalid', {
    name,
    reason: 'is an object without a variable name',
    hint: 'Write it like {"env": "NETCORE_HOOK_SHOP_AUTH"}.',
  });
}

function wrongType(name: string, value: unknown, wanted: string, example: string): Error {
  return problem('config_invalid', {
    name,
    reason: `is ${typeName(value)}, and takes ${wanted}`,
    hint: `Write it like ${example}.`,
  });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    default:
      return 'an object';
  }
}
