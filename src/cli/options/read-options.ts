import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import type { Kind, Named } from './kinds.js';
import { flagOf, isOnByDefault, type OptionRow } from './option.js';
import { commaList } from './values.js';

/** Who said what an option is. */
export type Origin =
  | { readonly kind: 'flag' | 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'default'; readonly name: string };

export interface ReadOption {
  readonly value: unknown;
  readonly origin: Origin;
}

/** What may say something of options, nearest first. */
export interface OptionSources {
  /** What commander read, by attribute; undefined where nothing was typed. */
  readonly typed: Readonly<Record<string, unknown>>;
  readonly env: Host['env'];
  /** What files of settings say; undefined: there is none. */
  readonly files?: SettingsSource | undefined;
}

export interface SettingsSource {
  /** The place that says something of a setting, and what: a switch, or values as they would be typed. */
  said(key: string, env: Host['env']): FileValue | undefined;
}

interface FileValue {
  /** What problems call it: `"port" in netcore-hook.config.json:3`. */
  readonly name: string;
  readonly value: boolean | readonly Named[];
}

/** Reads every option of a command. Throws a Problem that names who said what makes no sense. */
export function readOptions(
  rows: readonly (readonly [attribute: string, row: OptionRow])[],
  sources: OptionSources,
): ReadonlyMap<string, ReadOption> {
  const read = new Map<string, ReadOption>();
  const takes = (attribute: string) => rows.some(([each]) => each === attribute);
  const isMet = (need: string) => {
    const [attribute = '', wanted] = need.split('=');
    if (!takes(attribute)) return true;
    const value = read.get(attribute)?.value;
    return wanted === undefined ? value !== undefined && value !== false : value === wanted;
  };
  for (const [attribute, row] of rows) {
    const { needs } = row;
    const counts = !needs || needs.some(isMet);
    read.set(attribute, readOption(attribute, row, sources, counts));
  }
  return read;
}

/** `counts`: whether what a variable or a file says of it is asked for. */
function readOption(
  attribute: string,
  row: OptionRow,
  { typed, env, files }: OptionSources,
  counts: boolean,
): ReadOption {
  const { kind, variable, key } = row;
  const name = flagOf(row);
  const given = typed[attribute];
  if (given !== undefined) {
    return { value: parseTyped(kind, name, given), origin: { kind: 'flag', name } };
  }
  const held = variable === undefined ? undefined : env[variable];
  if (counts && variable !== undefined && held) {
    const origin = { kind: 'variable', name: variable } as const;
    return { value: parseSaid(kind, [{ name: variable, value: held }]), origin };
  }
  const said = counts && key !== undefined ? files?.said(key, env) : undefined;
  if (said) {
    const value = typeof said.value === 'boolean' ? said.value : parseSaid(kind, said.value);
    return { value, origin: { kind: 'file', name: said.name } };
  }
  const origin = { kind: 'default', name } as const;
  if (kind.form === 'switch') return { value: isOnByDefault(row), origin };
  if (kind.form === 'list') return { value: [], origin };
  const value = row.default === undefined ? undefined : textOf(kind).parse(name, row.default);
  return { value, origin };
}

function parseTyped(kind: Kind, name: string, typed: unknown): unknown {
  if (kind.form === 'switch' || (kind.form === 'bare' && typed === true)) return typed;
  const texts = kind.form === 'list' ? (typed as readonly string[]) : [String(typed)];
  return parseSaid(
    kind,
    texts.map((value) => ({ name, value })),
  );
}

function parseSaid(kind: Kind, said: readonly Named[]): unknown {
  if (kind.form === 'switch') return undefined;
  const item = textOf(kind);
  const values = said.flatMap(({ name, value }) => {
    if (kind.form === 'list' && kind.commas) {
      return commaList([value], name).map((each) => item.parse(name, each));
    }
    refuseEmpty(name, value);
    return [item.parse(name, value)];
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
    hint: 'Give it a value, or leave it out.',
  });
}
