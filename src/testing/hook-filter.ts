import { activities, type Channel, canonicalActivity } from '../payload/channels.js';
import type { EventSummary } from '../payload/payload.js';
import { readChannel } from '../payload/read-channel.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import type { HookCall, HookEvent } from './hook-call.js';

/** Selects events that meet every given condition. */
export interface EventFilter<C extends Channel = Channel> {
  readonly channel?: C;
  /** The activity, in any of Netcore's spellings; for custom_activity the client's own name. */
  readonly event?: string;
  readonly panel?: string;
  readonly msgid?: string | number;
  /** The contact: foreign key, e-mail address or telephone number. Case-insensitive. */
  readonly who?: string;
  /** The status the call was answered. */
  readonly status?: number;
  readonly where?: (event: HookEvent<C>) => boolean;
}

/** Selects calls that meet every given condition. */
export interface CallFilter {
  readonly method?: string;
  /** Without the query. */
  readonly path?: string;
  /** The status it was answered. */
  readonly status?: number;
  readonly where?: (call: HookCall) => boolean;
}

export interface Condition<T> {
  /** The expected value: `channel email`. */
  readonly wanted: string;
  readonly met: (candidate: T) => boolean;
  /** The candidate's value: `channel "sms"`. */
  readonly instead: (candidate: T) => string;
}

/** @throws Problem `unknown_channel` or `unknown_activity`, which could never match. */
export function eventConditions<C extends Channel>(
  filter: EventFilter<C>,
): readonly Condition<HookEvent>[] {
  const { channel, event, panel, msgid, who, status, where } = filter;
  const conditions: Condition<HookEvent>[] = [];
  const text = (key: keyof EventSummary, wanted: string, fold = (value: string) => value) =>
    conditions.push({
      wanted: `${key} ${wanted}`,
      met: (candidate) => fold(candidate[key] ?? '') === fold(wanted),
      instead: (candidate) => `${key} is ${quoted(candidate[key])}`,
    });
  const known = channel === undefined ? undefined : readChannel(channel);
  if (known !== undefined) text('channel', known);
  if (event !== undefined) conditions.push(activityCondition(event, known));
  if (panel !== undefined) text('panel', panel);
  if (msgid !== undefined) text('msgid', String(msgid));
  if (who !== undefined) text('who', who, (value) => value.toLowerCase());
  if (status !== undefined) {
    conditions.push({
      wanted: `answered ${status}`,
      met: ({ call }) => call.status === status,
      instead: ({ call }) => `answered ${call.status}`,
    });
  }
  if (where !== undefined) conditions.push(whereCondition(where as (event: HookEvent) => boolean));
  return conditions;
}

export function callConditions(filter: CallFilter): readonly Condition<HookCall>[] {
  const { method, path, status, where } = filter;
  const conditions: Condition<HookCall>[] = [];
  const add = (name: string, wanted: string | number, of: (call: HookCall) => string | number) =>
    conditions.push({
      wanted: `${name} ${wanted}`,
      met: (call) => of(call) === wanted,
      instead: (call) => `${name} is ${of(call)}`,
    });
  if (method !== undefined) add('method', method.toUpperCase(), (call) => call.method);
  if (path !== undefined) add('path', path, ({ target }) => target.replace(/\?.*$/s, ''));
  if (status !== undefined) add('status', status, (call) => call.status);
  if (where !== undefined) conditions.push(whereCondition(where));
  return conditions;
}

export function meets<T>(candidate: T, conditions: readonly Condition<T>[]): boolean {
  return conditions.every(({ met }) => met(candidate));
}

function activityCondition(name: string, channel: Channel | undefined): Condition<HookEvent> {
  const wanted = canonicalActivity(name) ?? name;
  if (channel !== undefined && channel !== 'custom_activity') {
    const all: readonly string[] = activities[channel];
    if (!all.includes(wanted)) {
      throw problem('unknown_activity', { name, of: channel, nearest: nearest(name, all), all });
    }
  }
  return {
    wanted: `event ${wanted}`,
    met: ({ activity, event }) => activity === wanted || event === name,
    instead: ({ event }) => `event is ${quoted(event)}`,
  };
}

function whereCondition<T>(where: (candidate: T) => boolean): Condition<T> {
  return { wanted: 'where(…) is true', met: where, instead: () => 'where(…) is false' };
}

function quoted(value: string | null): string {
  return value === null || value === '' ? 'missing' : `"${value}"`;
}
