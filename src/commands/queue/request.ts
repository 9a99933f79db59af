import { type DeliveryState, deliveryStates } from '../../call/delivery.js';
import { captureFilterFlags, type TypedCaptureFilter } from '../../cli/capture-filter.js';
import type { CommandInput } from '../../cli/command.js';
import { commaList, targetUrl, wholeNumber, withoutUserinfo } from '../../cli/option-values.js';
import { type Presets, readSetting } from '../../cli/setting.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import { readCaptureQuery } from '../capture-query.js';
import type { TypedAlerts, TypedForwarding } from '../forwarding/flags.js';
import { redisUrl } from '../forwarding/options.js';
import { maxCaptures } from '../retention.js';

/** What `queue` was asked for. */
export type QueueRequest =
  | { readonly kind: 'work' }
  | ({ readonly kind: 'counts' } & OfEngine)
  | ({ readonly kind: 'list'; readonly calls: MeantCalls; readonly limit: number } & OfEngine)
  | ({
      readonly kind: 'retry';
      readonly calls: MeantCalls;
      readonly to: string | undefined;
    } & OfEngine)
  | ({ readonly kind: 'drop'; readonly calls: MeantCalls; readonly yes: boolean } & OfEngine);

interface OfEngine {
  /** The Redis that has the queue; undefined: it lies in the store. */
  readonly redis: URL | undefined;
}

/** Which calls are meant, as it was typed. All conditions must hold. */
export interface MeantCalls {
  /** What names captures; none: any. */
  readonly references: readonly string[];
  /** None: any. */
  readonly states: readonly DeliveryState[];
  readonly target: string | undefined;
  /** undefined: whatever was captured. */
  readonly query: CaptureQuery | undefined;
}

/** commander's own reading of the flags in command.ts. */
interface Typed extends TypedCaptureFilter, TypedForwarding, TypedAlerts {
  readonly state?: readonly string[];
  readonly dead?: boolean;
  readonly delayed?: boolean;
  readonly target?: string;
  readonly limit?: string;
  readonly to?: string;
  readonly yes?: boolean;
}

type Kind = QueueRequest['kind'];
type Flag = keyof Typed;

const choosing: readonly Flag[] = ['state', 'dead', 'delayed', 'target', ...captureFilterFlags];

/** The options that mean something to each; `queue` does to all, and `work` takes the rest. */
const taken: Readonly<Record<Exclude<Kind, 'work'>, readonly Flag[]>> = {
  counts: [],
  list: [...choosing, 'limit'],
  retry: [...choosing, 'to'],
  drop: [...choosing, 'yes'],
};
const ofOthers: readonly Flag[] = Object.values(taken).flat();
const kinds = [...Object.keys(taken), 'work'];
/** What the first word can be; without one it counts. */
export const queueWords: readonly string[] = kinds.filter((kind) => kind !== 'counts');

/** Works out what was typed. */
export function readQueueRequest(input: CommandInput, presets: Presets, now: number): QueueRequest {
  const [word = 'counts', ...words] = input.words;
  if (!isKind(word)) throw unknownWord(word);
  const typed = input.options as Typed;
  refuseOthers(word, typed);
  if (word !== 'retry' && word !== 'drop') refuseWords(word, words);
  if (word === 'work') return { kind: word };
  const setting = readSetting('--queue', typed.queue, 'NETCORE_HOOK_QUEUE', presets);
  const redis = setting && redisUrl(setting.name, setting.value);
  if (setting) refuseFilters(setting.name, typed);
  switch (word) {
    case 'counts':
      return { kind: word, redis };
    case 'list':
      return {
        kind: word,
        redis,
        calls: readMeantCalls(typed, [], now),
        limit:
          typed.limit === undefined
            ? 20
            : wholeNumber('--limit', typed.limit, { min: 1, max: maxCaptures }),
      };
    case 'retry': {
      const calls = readChange(word, typed, words, now);
      return { kind: word, redis, calls, to: readNewTarget(typed) };
    }
    case 'drop': {
      const calls = readChange(word, typed, words, now);
      return { kind: word, redis, calls, yes: typed.yes === true };
    }
  }
}

function readMeantCalls(typed: Typed, references: readonly string[], now: number): MeantCalls {
  const named = commaList(typed.state ?? [], '--state').map(readState);
  if (typed.dead) named.push('dead');
  if (typed.delayed) named.push('delayed');
  const target = readSetting('--target', typed.target);
  const filtered = captureFilterFlags.some((flag) => typed[flag] !== undefined);
  return {
    references,
    states: [...new Set(named)],
    target: target && hrefOf(targetUrl(target.name, target.value).url),
    query: filtered ? readCaptureQuery(typed, now) : undefined,
  };
}

/** Calls that are to be changed have to be chosen: by ids, or by what they are. */
function readChange(
  kind: 'retry' | 'drop',
  typed: Typed,
  references: readonly string[],
  now: number,
): MeantCalls {
  const chosen = choosing.find((flag) => typed[flag] !== undefined);
  if (chosen === undefined && references.length === 0) {
    throw problem('usage', {
      message: `queue ${kind} needs to know which calls.`,
      hint: `Try: netcore-hook queue ${kind} --dead, or with --target <url>, or with ids`,
    });
  }
  if (chosen !== undefined && references.length > 0) {
    throw problem('usage', {
      message: `queue ${kind} takes ids, or options that choose calls, and both were given (${optionOf(chosen)}).`,
      hint: 'Leave one of them out.',
    });
  }
  const calls = readMeantCalls(typed, references, now);
  if (calls.states.includes('active')) {
    throw problem('usage', {
      message: `queue ${kind} leaves alone what is with a worker, and --state active means that.`,
      hint: 'Leave it out; a call is active only while it is at the handler.',
    });
  }
  if (calls.states.includes('handed over')) {
    throw problem('usage', {
      message: `queue ${kind} leaves alone what was handed over, which is in another queue now.`,
      hint: `Try: netcore-hook queue ${kind} --dead --queue <the URL that netcore-hook queue shows>`,
    });
  }
  if (references.length > 0 || calls.states.length > 0) return calls;
  // An outcome says as much as a state does.
  const states = typed.outcome === undefined ? waitingStates : changeableStates;
  return { ...calls, states };
}

const waitingStates = ['waiting', 'delayed'] as const;
const changeableStates = [...waitingStates, 'delivered', 'dead', 'skipped'] as const;

/** As people may call them: history says `failed` of what is to be tried again. */
function readState(typed: string): DeliveryState {
  const name = typed.toLowerCase().replace(/[-_]/g, ' ');
  const known = deliveryStates.find((state) => state === (name === 'failed' ? 'delayed' : name));
  if (known) return known;
  const meant = nearest(name, [...deliveryStates, 'failed']);
  throw problem('invalid_value', {
    what: '--state',
    value: typed,
    reason: 'no call is in a state that is called so',
    hint: meant
      ? `Did you mean "${asTyped(meant)}"?`
      : `States: ${deliveryStates.map(asTyped).join(', ')}.`,
  });
}

function asTyped(state: string): string {
  return state.replace(' ', '-');
}

function readNewTarget({ to: typed }: Typed): string | undefined {
  const to = readSetting('--to', typed);
  if (!to) return undefined;
  const { url, credentials } = targetUrl(to.name, to.value);
  if (!credentials) return hrefOf(url);
  throw problem('invalid_value', {
    what: to.name,
    value: withoutUserinfo(to.value),
    reason: 'calls are queued for a URL, and credentials are no part of it',
    hint: 'Leave them out, and give them to the worker with --forward-auth.',
  });
}

function hrefOf(url: URL): string {
  url.hash = '';
  return url.href;
}

function isKind(word: string): word is Kind {
  return kinds.includes(word);
}

function unknownWord(word: string): Error {
  const meant = nearest(word, kinds);
  return problem('usage', {
    message: `queue takes list, retry, drop or work, and "${word}" was given.`,
    hint: meant
      ? `Did you mean queue ${meant}?`
      : `To look at one call: netcore-hook history show ${word}`,
  });
}

function refuseOthers(kind: Kind, typed: Typed): void {
  const stray = (Object.keys(typed) as Flag[]).find(
    (flag) => typed[flag] !== undefined && !takes(kind, flag),
  );
  if (stray === undefined) return;
  const takers = kinds.filter((other) => takes(other as Kind, stray));
  throw problem('usage', {
    message: `queue${kind === 'counts' ? '' : ` ${kind}`} takes no ${optionOf(stray)}.`,
    hint: `It belongs to queue ${takers.join(', ')}.`,
  });
}

function takes(kind: Kind, flag: Flag): boolean {
  if (flag === 'queue') return true;
  return kind === 'work' ? !ofOthers.includes(flag) : taken[kind].includes(flag);
}

function refuseWords(kind: Kind, [word]: readonly string[]): void {
  if (word === undefined) return;
  throw problem('usage', {
    message: `queue ${kind} takes options only, and "${word}" was given.`,
    hint: `To look at one call: netcore-hook history show ${word}`,
  });
}

/** What was captured is known where it was captured. */
function refuseFilters(setting: string, typed: Typed): void {
  const filter = captureFilterFlags.find((flag) => typed[flag] !== undefined);
  if (filter === undefined) return;
  throw problem('usage', {
    message: `${optionOf(filter)} looks into the captures of a store, and the queue on Redis (${setting}) has none.`,
    hint: 'Choose by --state, --target or ids, or look at the queue in a store.',
  });
}

function optionOf(flag: Flag): string {
  return `--${flag.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}
