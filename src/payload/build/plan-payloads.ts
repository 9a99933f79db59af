import { problem } from '../../problems/problem.js';
import { type Channel, canonicalActivity, canonicalChannel } from '../channels.js';
import { compactJson } from '../json-text.js';
import { type Contact, type IsPinned, inventContact, pinnedBy } from './contacts.js';
import type { Edit } from './edit.js';
import { editEvents } from './edit-events.js';
import { freshen } from './freshen.js';
import { isList, isNumber, isObject, type Json, type JsonObject, jsonText } from './json.js';
import type { Random } from './random.js';
import type { WallClock } from './wall-clock.js';

/** A source of events: a sample, or a user's own payload. */
export interface PayloadSource {
  /** The displayed name, like `email open`. */
  readonly name: string;
  readonly payload: JsonObject;
  /** The original text, sent without blanks between tokens when nothing changes. */
  readonly text?: string;
  /** Restricts a batch to this channel's events: the sample of sms also holds one of email. */
  readonly channel?: Channel;
}

export interface PayloadOptions {
  readonly edits: readonly Edit[];
  /** Number of events in a call; undefined: each source as a whole. */
  readonly batch: number | undefined;
  /** The panel for all events; undefined: the source's own. */
  readonly panel: string | undefined;
  /** Undefined keeps times, messages and contacts. */
  readonly fresh: Freshness | undefined;
}

export interface Freshness {
  /** The time of a call built now, in milliseconds since 1970. */
  readonly now: () => number;
  readonly clockAt: (moment: number) => WallClock;
  readonly random: Random;
  /** The contacts of the run. Undefined: invented ones, another for each event of a call. */
  readonly contacts?: Contacts | undefined;
}

/** Contacts, by indexes from 0 to below `count`. */
export interface Contacts {
  readonly count: number;
  readonly at: (index: number) => Contact;
}

/** More contacts than this do not make a test more real. */
const maxInvented = 1000;
const invented: Contacts = { count: maxInvented, at: inventContact };

interface BuiltPayload {
  readonly name: string;
  readonly events: number;
  /** The first msgid among its events. */
  readonly msgid: string | null;
  /** Compact. */
  readonly json: string;
}

export interface PayloadPlan {
  /** Number of calls that send every source once, to each of the chosen contacts. */
  readonly calls: number;
  /** The payload of a call, counted from 0 without end: sources and events repeat. */
  readonly build: (call: number) => BuiltPayload;
  /** The number of calls after which payloads repeat. Undefined: unknown, or they never do. */
  readonly period: number | undefined;
}

interface Slot {
  readonly source: number;
  readonly panel: string;
  readonly event: Json;
}

/** Prepares the payloads of a run. Edits that match no event throw a problem before any call. */
export function planPayloads(
  sources: readonly PayloadSource[],
  options: PayloadOptions,
): PayloadPlan {
  const { edits, batch, panel, fresh } = options;
  const found = sources.flatMap((source, index) => slotsOf(source, index, batch !== undefined));
  const edited = editEvents(
    found.map((slot) => slot.event),
    edits,
  );
  const slots = found.map((slot, index) => ({ ...slot, event: edited[index] ?? slot.event }));
  const bySource = sources.map((_, index) => slots.filter((slot) => slot.source === index));
  const isPinned = pinnedBy(edits.map((edit) => edit.path));
  const perCall = batch ?? Math.max(1, ...bySource.map((events) => events.length));
  const chosen = fresh?.contacts;
  const renew = fresh && renewal(slots, fresh, isPinned);
  /** `personOf`: the number of the contact of each event of a call, without end. */
  const renewed = (picked: readonly Slot[], personOf: (index: number) => number) =>
    renew ? picked.map((slot, index) => renew(slot, personOf(index))) : picked;
  const built = (chosen: readonly Slot[], json: string, name: string): BuiltPayload => ({
    name,
    events: chosen.length,
    msgid: chosen.map((slot) => msgidOf(slot.event)).find((msgid) => msgid !== null) ?? null,
    json,
  });

  if (batch !== undefined) {
    const filled = bySource.filter((events) => events.length > 0);
    if (filled.length === 0) throw problem('no_events', {});
    // The events of a chosen contact follow each other, one of each source.
    const perPerson = chosen ? filled.length : 1;
    return {
      period: undefined,
      calls: Math.ceil((sources.length * (chosen?.count ?? 1)) / batch),
      build: (call) => {
        const first = call * batch;
        const picked = Array.from({ length: batch }, (_, index) =>
          roundRobin(filled, first + index),
        );
        const slots = renewed(picked, (index) => Math.floor((first + index) / perPerson));
        return built(slots, jsonText(byPanel(slots, panel)), nameOf(slots, sources));
      },
    };
  }
  const untouched = edits.length === 0 && panel === undefined && fresh === undefined;
  return {
    period: fresh ? undefined : sources.length,
    calls: sources.length * (chosen ? Math.ceil(chosen.count / perCall) : 1),
    build: (call) => {
      const index = call % sources.length;
      const source = sources[index] as PayloadSource;
      const firstPerson = Math.floor(call / sources.length) * perCall;
      const slots = renewed(bySource[index] ?? [], (position) => firstPerson + position);
      const json =
        untouched && source.text !== undefined
          ? compactJson(source.text)
          : jsonText({ ...withoutEvents(source.payload, panel), ...byPanel(slots, panel) });
      return built(slots, json, source.name);
    },
  };
}

/**
 * Gives events their message, contact and time. Each message of the sources has one msgid in the run.
 * A contact's activities of a channel follow each other in time, and no event has the same contact,
 * message, activity and second as another: a contact's next round is later than all of the last one.
 */
function renewal(slots: readonly Slot[], fresh: Freshness, isPinned: IsPinned) {
  const { now, clockAt, random, contacts = invented } = fresh;
  const firstId = 9_000_000 + random(900_000);
  const messages = [...new Set(slots.map(({ event }) => msgidOf(event)))];
  const ranked = slots.map((slot) => ({ slot, ...rankOf(slot.event) }));
  const lastRanks = new Map<string, number>();
  for (const { channel, rank } of ranked) {
    lastRanks.set(channel, Math.max(rank, lastRanks.get(channel) ?? 0));
  }
  // Neither changes during the run.
  const facts = new Map(
    ranked.map(({ slot, channel, rank }) => {
      const msBeforeLast = ((lastRanks.get(channel) ?? 0) - rank) * chainStepMs;
      const msgid = String(firstId + messages.indexOf(msgidOf(slot.event)));
      return [slot, { msBeforeLast, msgid }] as const;
    }),
  );
  let round = 0;
  let notBefore = 0;
  let latest = 0;
  return (slot: Slot, person: number): Slot => {
    const personRound = Math.floor(person / contacts.count);
    if (personRound > round) {
      round = personRound;
      notBefore = latest + 1000;
    }
    const moment = Math.max(now(), notBefore);
    latest = Math.max(latest, moment);
    const { msBeforeLast = 0, msgid = String(firstId) } = facts.get(slot) ?? {};
    const values = {
      clock: clockAt(moment - msBeforeLast),
      msgid,
      contact: contacts.at(person % contacts.count),
    };
    return { ...slot, event: freshen(slot.event, values, isPinned) };
  };
}

/** The time between two activities of a contact. */
const chainStepMs = 60_000;

/** The place of an event in the chain of a channel's activities: delivered, open, click. */
function rankOf(event: Json): { channel: string; rank: number } {
  if (!isObject(event)) return { channel: '', rank: 0 };
  const channel = typeof event.channel === 'string' ? event.channel : '';
  const activity = typeof event.event === 'string' ? canonicalActivity(event.event) : undefined;
  const rank = activity === 'click' ? 2 : activity === 'open' ? 1 : 0;
  return { channel: canonicalChannel(channel) ?? channel, rank };
}

function slotsOf(source: PayloadSource, index: number, chosenOnly: boolean): Slot[] {
  return Object.entries(source.payload)
    .flatMap(([panel, events]) =>
      isList(events) ? events.map((event) => ({ source: index, panel, event })) : [],
    )
    .filter(({ event }) => !chosenOnly || !source.channel || isOf(source.channel, event));
}

function isOf(channel: Channel, event: Json): boolean {
  return (
    isObject(event) &&
    typeof event.channel === 'string' &&
    canonicalChannel(event.channel) === channel
  );
}

/** The payload without events, which keeps the order of its panels. */
function withoutEvents(payload: JsonObject, panel: string | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(payload)
      .filter(([, events]) => panel === undefined || !isList(events))
      .map(([name, events]) => [name, isList(events) ? [] : events]),
  );
}

/** Event number `at` when every source contributes one event in turn. */
function roundRobin(sources: readonly (readonly Slot[])[], at: number): Slot {
  const events = sources[at % sources.length] ?? [];
  return events[Math.floor(at / sources.length) % events.length] as Slot;
}

function byPanel(slots: readonly Slot[], panel: string | undefined): JsonObject {
  const panels = new Map<string, Json[]>();
  for (const slot of slots) {
    const name = panel ?? slot.panel;
    const events = panels.get(name);
    if (events) events.push(slot.event);
    else panels.set(name, [slot.event]);
  }
  return Object.fromEntries(panels);
}

function nameOf(slots: readonly Slot[], sources: readonly PayloadSource[]): string {
  const names = [...new Set(slots.map((slot) => sources[slot.source]?.name ?? ''))];
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function msgidOf(event: Json): string | null {
  const msgid = isObject(event) ? event.msgid : undefined;
  return typeof msgid === 'string' || isNumber(msgid) ? String(msgid) : null;
}
