import { Option } from 'commander';
import type { BareKind, Kind, ListKind, SwitchKind, TextKind } from './kinds.js';
import { collect } from './values.js';

type Variable = `NETCORE_HOOK_${string}`;

/** What shells are offered as values. */
export type Completion =
  | 'activities'
  | 'captures'
  | 'channels'
  | 'channels or all'
  | 'checks'
  | 'commands'
  | 'files'
  | 'folders'
  | 'profiles'
  | 'activities or all'
  | 'zones'
  | readonly string[];

/**
 * One option: the only place that knows its names, range, default and description. The help, the
 * project file with its schema, `config`, completion and the documents are derived from it.
 */
export interface OptionRow {
  /** As commander reads them: `-p, --port <number>`. */
  readonly flags: string;
  readonly kind: Kind;
  /** For the help; the default, the variable and the choices are appended. */
  readonly description: string;
  /** The default, as it would be typed. */
  readonly default?: string;
  /** The default in words, where it depends on something. */
  readonly defaultNote?: string;
  readonly variable?: Variable;
  /** What the project file calls it; undefined: it must be typed each time. */
  readonly key?: string;
  /** For the project file's schema and documentation, where the key means the opposite of the flag. */
  readonly setting?: string;
  /**
   * The options, by their attribute, without any of which this one means nothing: `forwardTo`, or
   * `print=curl` for a value of it. Then what a file or a variable says of this one is passed over. A
   * command that has none of them takes it in any case.
   */
  readonly needs?: readonly string[];
  readonly completion?: Completion;
}

/** Options by their attribute: the long flag in camelCase. */
type OptionRows = Readonly<Record<string, OptionRow>>;

/** A command's options below the headings of its help. */
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

/** What the options of a command are when they have been read: lists are empty when not given. */
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

/** The long flag. */
export function flagOf({ flags }: OptionRow): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

/** `wait up to this long` as the beginning of a sentence. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The default of a switch: `--no-health` switches off what is on. */
export function isOnByDefault(row: OptionRow): boolean {
  return flagOf(row).startsWith('--no-');
}

/** The option as commander reads it. Its default is no concern of commander's: see `readOptions`. */
export function commanderOption(row: OptionRow): Option {
  const option = new Option(row.flags, helpText(row));
  if (row.kind.form === 'list') option.argParser(collect);
  rows.set(option, row);
  return option;
}

const rows = new WeakMap<Option, OptionRow>();

/** The row that an option was made of; undefined: it is a switch of every command. */
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
