import { Option } from 'commander';
import type { BareKind, Kind, ListKind, SwitchKind, TextKind } from './kinds.js';
import { collect } from './values.js';

type Variable = `NETCORE_HOOK_${string}`;

/** Sources of completions for a value. */
export type Completion =
  | 'activities'
  | 'captures'
  | 'channels'
  | 'channels or all'
  | 'checks'
  | 'codes'
  | 'commands'
  | 'files'
  | 'folders'
  | 'journeys'
  | 'profiles'
  | 'activities or all'
  | 'zones'
  | readonly string[];

/**
 * One option: the only place that defines its names, range, default and description. Help, the
 * project file's schema, `config`, completion and the documents are derived from it.
 */
export interface OptionRow {
  /** In commander's syntax: `-p, --port <number>`. */
  readonly flags: string;
  readonly kind: Kind;
  /** For help, which appends the default, the variable and the choices. */
  readonly description: string;
  /** The default as a command-line value. */
  readonly default?: string;
  /** Describes a default that depends on something. */
  readonly defaultNote?: string;
  readonly variable?: Variable;
  /** Its key in the project file; undefined: command line only. */
  readonly key?: string;
  /**
   * For the project file's schema and documentation, when the key means the opposite of the flag.
   */
  readonly setting?: string;
  /**
   * Attributes of options of which at least one must be set: `forwardTo`, or `print=curl` for a
   * value of it. Otherwise this option's file and variable values are ignored. A command without
   * those options always uses it.
   */
  readonly needs?: readonly string[];
  readonly completion?: Completion;
}

/** Options by attribute: the long flag in camelCase. */
type OptionRows = Readonly<Record<string, OptionRow>>;

/** A command's options by the headings of its help. */
export type OptionGroups = Readonly<Record<string, OptionRows>>;

type RowsOf<G extends OptionGroups> = G[keyof G];
type Attribute<G extends OptionGroups> =
  RowsOf<G> extends infer R ? (R extends unknown ? keyof R : never) : never;
type RowOf<G extends OptionGroups, A> =
  RowsOf<G> extends infer R
    ? R extends unknown
      ? A extends keyof R
        ? R[A]
        : never
      : never
    : never;

/** The parsed options of a command; lists are empty by default. */
export type OptionValues<G extends OptionGroups> = {
  readonly [A in Attribute<G> & string]: ValueOf<RowOf<G, A>>;
};

type ValueOf<R> = R extends { readonly kind: infer K }
  ? K extends SwitchKind
    ? boolean
    : K extends ListKind<infer T>
      ? readonly T[]
      : K extends BareKind<infer T>
        ? T | true | undefined
        : K extends TextKind<infer T>
          ? R extends { readonly default: string }
            ? T
            : T | undefined
          : never
  : never;

export function rowsOf(groups: OptionGroups): [attribute: string, row: OptionRow][] {
  return Object.values(groups).flatMap((rows) => Object.entries(rows));
}

/** The key of a setting in an item's object: `timeout` for `forwardTimeout`. */
export function entryKey({ key = '' }: Pick<OptionRow, 'key'>): string {
  return key.replace(/^forward([A-Z])/, (_, letter: string) => letter.toLowerCase());
}

export function flagOf({ flags }: OptionRow): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** A switch like `--no-health` turns off what is on by default. */
export function isOnByDefault(row: OptionRow): boolean {
  return flagOf(row).startsWith('--no-');
}

/** The option for commander, without its default, which `readOptions` applies. */
export function commanderOption(row: OptionRow): Option {
  const option = new Option(row.flags, helpText(row));
  if (row.kind.form === 'list') option.argParser(collect);
  rows.set(option, row);
  return option;
}

const rows = new WeakMap<Option, OptionRow>();

/** The row behind a commander option; undefined for help and version. */
export function rowOf(option: Option): OptionRow | undefined {
  return rows.get(option);
}

function helpText(row: OptionRow): string {
  const { description, kind, defaultNote, variable } = row;
  const choices = kind.form === 'text' ? kind.choices : undefined;
  const defaultText = row.default ?? defaultNote;
  const facts = [
    ...(choices ? [choices.join(', ')] : []),
    ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
    ...(variable === undefined ? [] : [`also ${variable}`]),
  ];
  return facts.length > 0 ? `${description} (${facts.join('; ')})` : description;
}
