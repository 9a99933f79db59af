import type { Option } from 'commander';
import type { CommandNode, CommandTree } from '../../cli/command-tree.js';

/** A partial command line, up to the cursor. */
export interface PartialLine {
  /** The named command or verb; undefined before it is named. */
  readonly node: CommandNode | undefined;
  readonly tree: CommandTree;
  /** Its arguments so far. */
  readonly words: readonly string[];
  /** The option values so far, by long name in camelCase. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The kind of word at the cursor: an option's value, an option's name, or an argument. */
  readonly awaits: Option | 'option' | 'argument';
  /** The start of the word at the cursor. */
  readonly current: string;
}

/**
 * Parses the words after the program's name. The last one, which may be empty, ends at the cursor.
 * Tolerates errors, unlike commander: a partial line is rarely valid.
 */
export function readPartialLine(tree: CommandTree, typed: readonly string[]): PartialLine {
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

/** An optional value may be omitted, and another option may follow. */
function mayBeOption(word: string, { optional }: Option): boolean {
  return optional && word.startsWith('-');
}

/** Splits `--to=:3000` and `-c=email`; any other word is a name. */
function splitOption(word: string): { name: string; value: string | undefined } {
  const [, name = word, value] = /^(--?[a-z-]+)=(.*)$/s.exec(word) ?? [];
  return { name, value };
}

/** Shells pass the words with their quotes. */
function unquoted(word: string): string {
  return /^(['"])(.*)\1$/s.exec(word)?.[2] ?? word;
}

function unquotedBeginning(word: string): string {
  return unquoted(word).replace(/^['"]/, '');
}
