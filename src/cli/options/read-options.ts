import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import { expandHome } from '../../user-folders.js';
import type { Kind, Named } from './kinds.js';
import {
  flagOf,
  isOnByDefault,
  type OptionGroups,
  type OptionRow,
  type OptionValues,
  rowsOf,
} from './option.js';
import { commaList } from './values.js';

/** The source of an option's value. */
export type Origin =
  | { readonly kind: 'flag' | 'variable'; readonly name: string }
  /** `untrusted`: why its value must not be used before the user trusts the file. */
  | { readonly kind: 'file'; readonly name: string; readonly untrusted?: string | undefined }
  | { readonly kind: 'default'; readonly name: string };

export interface ReadOption {
  readonly origin: Origin;
  /** False when it is off or missing. */
  readonly isSet: boolean;
  /**
   * Throws a Problem when a variable or a file holds an invalid value: only a command that uses the
   * value reports it.
   */
  readonly value: () => unknown;
}

/** The sources of options, in order of precedence. */
export interface OptionSources {
  /** The values that commander read, by attribute; undefined when not typed. */
  readonly typed: Readonly<Record<string, unknown>>;
  readonly env: Host['env'];
  /** Expands `~` in paths. */
  readonly host: Pick<Host, 'homeFolder'>;
  /** Undefined when there are no settings files. */
  readonly files?: SettingsSource | undefined;
}

export interface SettingsSource {
  /** A setting's value and its position in a file: a switch, or raw command-line values. */
  lookup(key: string, env: Host['env']): FileValue | undefined;
}

interface FileValue {
  /** How problems name it: `"port" in netcore-hook.config.json:3`. */
  readonly name: string;
  readonly value: boolean | (() => readonly Named[]);
  readonly untrusted?: string | undefined;
}

/** Reads every option of a command. Throws a Problem when a typed value is invalid. */
export function readOptions(
  rows: readonly (readonly [attribute: string, row: OptionRow])[],
  sources: OptionSources,
): ReadonlyMap<string, ReadOption> {
  const read = new Map<string, ReadOption>();
  const takes = (attribute: string) => rows.some(([each]) => each === attribute);
  const isMet = (need: string) => {
    const [attribute = '', wanted] = need.split('=');
    if (!takes(attribute)) return true;
    const option = read.get(attribute);
    return wanted === undefined ? option?.isSet === true : option?.value() === wanted;
  };
  for (const [attribute, row] of rows) {
    const { needs } = row;
    const counts = !needs || needs.some(isMet);
    read.set(attribute, readOption(attribute, row, sources, counts));
  }
  return read;
}

/** `counts`: whether values of variables and files apply. */
function readOption(
  attribute: string,
  row: OptionRow,
  { typed, env, host, files }: OptionSources,
  counts: boolean,
): ReadOption {
  const { kind, variable, key } = row;
  const name = flagOf(row);
  const given = typed[attribute];
  if (given !== undefined) {
    return known(parseTyped(kind, name, given, host), { kind: 'flag', name });
  }
  const held = variable === undefined ? undefined : env[variable];
  if (counts && variable !== undefined && held) {
    const value = () => parseTexts(kind, [{ name: variable, value: held }], host);
    return { origin: { kind: 'variable', name: variable }, isSet: true, value: once(value) };
  }
  const found = counts && key !== undefined ? files?.lookup(key, env) : undefined;
  if (found) {
    const { value, untrusted } = found;
    const origin = { kind: 'file', name: found.name, untrusted } as const;
    if (typeof value === 'boolean') return known(value, origin);
    return { origin, isSet: true, value: once(() => parseTexts(kind, value(), host)) };
  }
  const origin = { kind: 'default', name } as const;
  if (kind.form === 'switch') return known(isOnByDefault(row), origin);
  if (kind.form === 'list') return { ...known([], origin), isSet: false };
  const value = row.default === undefined ? undefined : textOf(kind).parse(name, row.default);
  return known(value, origin);
}

/** Typed option values, for callers without a command line. */
export function readValues<const G extends OptionGroups>(
  groups: G,
  sources: OptionSources,
): OptionValues<G> {
  const read = readOptions(rowsOf(groups), sources);
  const values = Object.fromEntries([...read].map(([name, { value }]) => [name, value()]));
  return values as OptionValues<G>;
}

function known(value: unknown, origin: Origin): ReadOption {
  return { origin, isSet: value !== undefined && value !== false, value: () => value };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function parseTyped(
  kind: Kind,
  name: string,
  typed: unknown,
  host: OptionSources['host'],
): unknown {
  if (kind.form === 'switch' || (kind.form === 'bare' && typed === true)) return typed;
  if (kind.form === 'list' && typed === true) return [];
  const texts = kind.form === 'list' ? (typed as readonly string[]) : [String(typed)];
  return parseTexts(
    kind,
    texts.map((value) => ({ name, value })),
    host,
  );
}

function parseTexts(kind: Kind, found: readonly Named[], host: OptionSources['host']): unknown {
  if (kind.form === 'switch') return undefined;
  const item = textOf(kind);
  const values = found.flatMap(({ name, value, own }) => {
    if (kind.form === 'list' && kind.commas) {
      return commaList([value], name).map((each) => item.parse(name, each));
    }
    refuseEmpty(name, value);
    const expanded = item.mapPath?.(value, (path) => expandHome(path, host)) ?? value;
    const parsed = item.parse(name, expanded);
    if (!own) return [parsed];
    const settings = own.map(({ attribute, kind: ownKind, value: ownValue }) => [
      attribute,
      typeof ownValue === 'boolean' ? ownValue : parseTexts(ownKind, ownValue, host),
    ]);
    return [{ ...(parsed as object), own: Object.fromEntries(settings) }];
  });
  return kind.form === 'list' ? values : values[0];
}

function textOf(kind: Exclude<Kind, { readonly form: 'switch' }>) {
  return kind.form === 'text' ? kind : kind.item;
}

function refuseEmpty(name: string, value: string): void {
  if (value.trim() !== '') return;
  throw problem('invalid_value', {
    what: name,
    value,
    reason: 'it is empty',
    hint: 'Pass a value, or omit it.',
  });
}
