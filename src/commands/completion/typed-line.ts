import type { Option } from 'commander';
import type { CommandNode, CommandTree } from '../../cli/program.js';

/** A command line that is being typed, up to the cursor. */
export interface TypedLine {
  /** The command or verb that was named; undefined: none yet. */
  readonly node: CommandNode | undefined;
  readonly tree: CommandTree;
  /** Its arguments so far. */
  readonly words: readonly string[];
  /** The values of the options so far, by their long name in camelCase. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What is being typed: the value of an option, the name of one, or an argument. */
  readonly awaits: Option | 'option' | 'argument';
  /** How what is being typed begins. */
  readonly current: string;
}

/**
 * Reads the words after the program's name, the last of which (it may be empty) ends at the cursor.
 * Unlike commander it takes whatever is there: a line that is being typed is seldom right.
 */
export function readTypedLine(tree: CommandTree, typed: readonly string[]): TypedLine {
  const before = typed.slice(0, -1).map(unquoted);
  const last = unquotedBeginning(typed.at(-1) ?? '');
  const words: string[] = [];
  const values = new Map<string, string[]>();
  let node: CommandNode | undefined;
  let pending: Option | undefined;
  let onlyArguments = false;
  const find = (name: string) =>
    [...(node?.taking.options ?? []), ...tree.program.options].find(
      ({ short, long }) => name === short || name === long,
    );
  const keep = (option: Option, value: string) =>
    values.set(option.attributeName(), [...(values.get(option.attributeName()) ?? []), value]);
  for (const word of before) {
    const { name, value } = splitOption(word);
    if (pending && !mayBeOption(word, pending)) {
      keep(pending, word);
      pending = undefined;
      continue;
    }
    pending = undefined;
    if (onlyArguments || !word.startsWith('-') || word === '-') {
      const among = node ? node.verbs : tree.nodes;
      const named = words.length === 0 && among.find(({ definition }) => definition.name === word);
      if (named) node = named;
      else words.push(word);
    } else if (word === '--') {
      onlyArguments = true;
    } else {
      const option = find(name);
      if (!option || !takesValue(option)) continue;
      if (value === undefined) pending = option;
      else keep(option, value);
    }
  }
  const line = { node, tree, words, values };
  if (pending && !mayBeOption(last, pending)) return { ...line, awaits: pending, current: last };
  if (onlyArguments || !last.startsWith('-')) return { ...line, awaits: 'argument', current: last };
  const { name, value } = splitOption(last);
  const option = value === undefined ? undefined : find(name);
  if (value === undefined || !option) return { ...line, awaits: 'option', current: last };
  return { ...line, awaits: option, current: value };
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** The value of an option may be left out, and then another option can follow. */
function mayBeOption(word: string, { optional }: Option): boolean {
  return optional && word.startsWith('-');
}

/** `--to=:3000` and `-c=email`; what does not look so is a name alone. */
function splitOption(word: string): { name: string; value: string | undefined } {
  const [, name = word, value] = /^(--?[a-z-]+)=(.*)$/s.exec(word) ?? [];
  return { name, value };
}

/** Shells hand over what was typed with its quotes. */
function unquoted(word: string): string {
  return /^(['"])(.*)\1$/s.exec(word)?.[2] ?? word;
}

function unquotedBeginning(word: string): string {
  return unquoted(word).replace(/^['"]/, '');
}
