import { captureFilterFlags, type TypedCaptureFilter } from '../../cli/capture-filter.js';
import type { CommandInput } from '../../cli/command.js';
import { wholeNumber } from '../../cli/option-values.js';
import type { TypedRedaction } from '../../cli/redact-option.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import type { Retention } from '../../store/retention.js';
import { readCaptureQuery } from '../capture-query.js';
import { maxCaptures, readRetention } from '../retention.js';
import type { CountedBy } from './statistics.js';

/** What `history` was asked for. */
export type HistoryRequest =
  | {
      readonly kind: 'list';
      readonly query: CaptureQuery;
      readonly limit: number;
      readonly follow: boolean;
    }
  | {
      readonly kind: 'show';
      readonly reference: string;
      readonly bodyOnly: boolean;
      readonly redaction: TypedRedaction;
    }
  | {
      readonly kind: 'export';
      readonly query: CaptureQuery;
      /** None: every capture that the query means. */
      readonly references: readonly string[];
      readonly redaction: TypedRedaction;
    }
  | { readonly kind: 'import'; readonly file: string }
  | { readonly kind: 'stats'; readonly query: CaptureQuery; readonly by: CountedBy }
  | { readonly kind: 'prune'; readonly retention: Retention; readonly yes: boolean };

/** commander's own reading of the flags in command.ts. */
interface Typed extends TypedCaptureFilter, TypedRedaction {
  readonly limit?: string;
  readonly follow?: boolean;
  readonly body?: boolean;
  readonly by?: CountedBy;
  readonly keep?: string;
  readonly keepFor?: string;
  readonly keepSize?: string;
  readonly yes?: boolean;
}

/** The options that mean something to each; another one is a mistake and does not pass in silence. */
const taken: Readonly<Record<HistoryRequest['kind'], readonly (keyof Typed)[]>> = {
  list: ['limit', 'follow', ...captureFilterFlags],
  show: ['body', 'redact', 'redactKey'],
  export: ['redact', 'redactKey', ...captureFilterFlags],
  import: [],
  stats: ['by', ...captureFilterFlags],
  prune: ['keep', 'keepFor', 'keepSize', 'yes'],
};

/** What the first word can be. */
export const historyWords: readonly string[] = Object.keys(taken);

/** Works out what was typed; `now` is what durations are counted back from. */
export function readHistoryRequest(input: CommandInput, now: number): HistoryRequest {
  const [word = 'list', ...rest] = input.words;
  if (!isKind(word)) refuseSlip(word);
  const kind = isKind(word) ? word : 'show';
  const words = isKind(word) ? rest : input.words;
  const typed = input.options as Typed;
  refuseOthers(kind, typed);
  switch (kind) {
    case 'list':
      refuseWords(kind, words);
      refuseOutcomesToCome(typed);
      return {
        kind,
        query: readCaptureQuery(typed, now),
        limit:
          typed.limit === undefined
            ? 20
            : wholeNumber('--limit', typed.limit, { min: 1, max: maxCaptures }),
        follow: typed.follow === true,
      };
    case 'show':
      return { kind, reference: onlyWord(words), bodyOnly: typed.body === true, redaction: typed };
    case 'export': {
      const filter = captureFilterFlags.find((flag) => typed[flag] !== undefined);
      if (words.length > 0 && filter !== undefined) {
        throw problem('usage', {
          message: `history export takes ids or filters, and both were given (--${filter}).`,
          hint: 'Leave one of them out.',
        });
      }
      return { kind, query: readCaptureQuery(typed, now), references: words, redaction: typed };
    }
    case 'import': {
      const [file, more] = words;
      if (file === undefined || more !== undefined) {
        throw problem('usage', {
          message: 'history import takes one file.',
          hint: 'Give what history export wrote: a file, or - for stdin.',
        });
      }
      return { kind, file };
    }
    case 'stats':
      refuseWords(kind, words);
      return { kind, query: readCaptureQuery(typed, now), by: typed.by ?? 'channel' };
    case 'prune':
      refuseWords(kind, words);
      return { kind, retention: readBounds(typed), yes: typed.yes === true };
  }
}

/** An id has digits; a word without any that is nearly one of these is meant to be it. */
function refuseSlip(word: string): void {
  const meant = /^[a-z]+$/.test(word) && word !== 'last' && nearest(word, historyWords);
  if (!meant) return;
  throw problem('usage', {
    message: `history has no "${word}".`,
    hint: `Did you mean history ${meant}?`,
  });
}

/** What comes is shown as it comes, when nothing has become of it yet. */
function refuseOutcomesToCome({ follow, outcome }: Typed): void {
  if (follow !== true || outcome === undefined) return;
  throw problem('usage', {
    message: '--follow shows captures as they come, before anything has become of them.',
    hint: 'Leave out --follow or --outcome; listen shows what a handler answers.',
  });
}

function isKind(word: string): word is HistoryRequest['kind'] {
  return Object.hasOwn(taken, word);
}

function refuseOthers(kind: HistoryRequest['kind'], typed: Typed): void {
  const stray = (Object.keys(typed) as (keyof Typed)[]).find(
    (flag) => typed[flag] !== undefined && !taken[kind].includes(flag),
  );
  if (stray === undefined) return;
  const takers = Object.entries(taken).filter(([, flags]) => flags.includes(stray));
  const option = `--${stray.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  throw problem('usage', {
    message: `history ${kind} takes no ${option}.`,
    hint: `It belongs to history ${takers.map(([taker]) => taker).join(', ')}.`,
  });
}

function refuseWords(kind: HistoryRequest['kind'], words: readonly string[]): void {
  const [word] = words;
  if (word === undefined) return;
  throw problem('usage', {
    message: `history ${kind} takes options only, and "${word}" was given.`,
    hint: `Try: netcore-hook history show ${word}`,
  });
}

function onlyWord(words: readonly string[]): string {
  const [reference, more] = words;
  if (reference === undefined) {
    throw problem('usage', {
      message: 'history show needs to know which capture.',
      hint: 'Try: netcore-hook history show last',
    });
  }
  if (more === undefined) return reference;
  const meant = nearest(reference, Object.keys(taken));
  throw problem('usage', {
    message: `history show takes one id, and "${reference}" and "${more}" were given.`,
    hint: meant ? `Did you mean history ${meant}?` : 'history export takes several.',
  });
}

function readBounds({ keep, keepFor, keepSize }: Typed): Retention {
  if (keep === undefined && keepFor === undefined && keepSize === undefined) {
    throw problem('usage', {
      message: 'history prune needs to know what to keep.',
      hint: 'Try: netcore-hook history prune --keep 10000, --keep-for 7d or --keep-size 1gb',
    });
  }
  return readRetention({ keep, keepFor, keepSize });
}
