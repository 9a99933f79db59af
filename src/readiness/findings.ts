import { answerExcerpt } from './answer-excerpt.js';
import { authenticationFindings } from './findings/authentication.js';
import type { Entry, FindingOutcome } from './findings/entry.js';
import { loadFindings } from './findings/load.js';
import { payloadFindings } from './findings/payload.js';
import { protocolFindings } from './findings/protocol.js';
import { reachFindings } from './findings/reach.js';
import { runFindings } from './findings/run.js';
import type { SentCall } from './sent-call.js';

/**
 * Every finding: its permanent code, outcome and wording (what was found; how to fix it). Output
 * code escapes untrusted arguments.
 */
const catalogue = {
  ...reachFindings,
  ...protocolFindings,
  ...authenticationFindings,
  ...payloadFindings,
  ...loadFindings,
  ...runFindings,
} as const;

export type FindingCode = keyof typeof catalogue;
type FindingArguments<C extends FindingCode> = Parameters<(typeof catalogue)[C]['message']>[0];

/** A finding before it is worded. */
export type Finding = {
  readonly [C in FindingCode]: { readonly code: C; readonly args: FindingArguments<C> };
}[FindingCode] & {
  /** The calls that show it, the first of which the wording describes. */
  readonly calls?: readonly SentCall[];
};

export function finding<C extends FindingCode>(
  code: C,
  ...[args]: undefined extends FindingArguments<C> ? [] : [args: FindingArguments<C>]
): Finding {
  return { code, args } as Finding;
}

/** The finding with the calls that show it. */
export function shownBy(found: Finding, ...calls: readonly SentCall[]): Finding {
  return { ...found, calls };
}

/** What the endpoint answered, where that explains a finding. Untrusted. */
export function quotedAnswer({ code, calls: [first] = [] }: Finding): string | undefined {
  if (first?.kind !== 'answered') return undefined;
  const isAboutText = code === 'answer_is_page' || code === 'answer_says_failure';
  if (first.status === 200 && !isAboutText) return undefined;
  return answerExcerpt(first) || undefined;
}

export function outcomeOf({ code }: Finding): FindingOutcome {
  return catalogue[code].outcome;
}

/** A finding in words: one or two sentences, and a fix. */
export function describeFinding({ code, args }: Pick<Finding, 'code' | 'args'>): {
  code: FindingCode;
  message: string;
  fix: string;
} {
  const { message, fix } = catalogue[code] as Entry<unknown>;
  return { code, message: message(args), fix: fix(args) };
}
