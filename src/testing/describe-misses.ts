import type { RefusedCall } from '../receiver/call-handling.js';
import type { HookCall, HookEvent } from './hook-call.js';
import type { Condition } from './hook-filter.js';

const maxListed = 5;

/** What a test's listener has received. */
export interface Seen {
  readonly calls: readonly HookCall[];
  readonly refused: readonly RefusedCall[];
}

/** Describes what was expected: `event with channel email, event click`. */
export function wantedText<T>(what: string, conditions: readonly Condition<T>[]): string {
  const words = conditions.map(({ wanted }) => wanted).join(', ');
  return words === '' ? what : `${what} with ${words}`;
}

/** Describes what arrived instead, nearest first, as lines for an error message. */
export function describeMisses<T>(
  candidates: readonly T[],
  conditions: readonly Condition<T>[],
  name: (candidate: T) => string,
  { calls, refused }: Seen,
): string {
  const misses = candidates
    .map((candidate) => ({ candidate, unmet: conditions.filter((one) => !isMet(one, candidate)) }))
    .sort((one, other) => one.unmet.length - other.unmet.length);
  const lines = misses
    .slice(0, maxListed)
    .map(
      ({ candidate, unmet }) =>
        `  ${name(candidate)}: ${unmet.map(({ instead }) => instead(candidate)).join(', ')}`,
    );
  if (misses.length > maxListed) lines.push(`  and ${misses.length - maxListed} more`);
  for (const call of calls.filter(({ problem }) => problem !== undefined).slice(0, maxListed)) {
    lines.push(`  ${callName(call)} could not be read: ${call.problem}`);
  }
  for (const { method = '', target = '', status, code, user } of refused.slice(0, maxListed)) {
    const login = user === undefined ? '' : ` (user "${user}")`;
    const request = method === '' ? 'a call' : `${method} ${target}`;
    lines.push(`  ${request} was refused with ${status}: ${code.replaceAll('_', ' ')}${login}`);
  }
  return lines.length === 0 ? 'No call arrived.' : `Other calls arrived:\n${lines.join('\n')}`;
}

export function eventName({ channel, event, who, msgid }: HookEvent): string {
  const words = [channel || 'no channel', event ?? '', who ?? ''].filter(Boolean).join(' ');
  return msgid === null ? words : `${words} (msgid ${msgid})`;
}

export function callName({ method, target, status }: HookCall): string {
  return `${method} ${target}, answered ${status}`;
}

/** A test's own condition may be written for one channel, and throw for another's event. */
function isMet<T>({ met }: Condition<T>, candidate: T): boolean {
  try {
    return met(candidate);
  } catch {
    return false;
  }
}
