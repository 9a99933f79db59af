import { problem } from '../../problems/problem.js';
import { type Channel, canonicalChannel } from '../channels.js';
import type { Edit } from './edit.js';
import { editEvents } from './edit-events.js';
import { freshen, pinnedBy } from './freshen.js';
import { isList, isNumber, isObject, type Json, type JsonObject, jsonText } from './json.js';
import type { Random } from './random.js';
import type { WallClock } from './wall-clock.js';

/** A source of events: a sample, or a user's own payload. */
export interface PayloadSource {
  /** The displayed name, like `email open`. */
  readonly name: string;
  readonly payload: JsonObject;
  /** The original text, sent verbatim when nothing changes. */
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
  /** Undefined keeps times and ids. */
  readonly fresh: Freshness | undefined;
}

export interface Freshness {
  /** The event time of a call built now. */
  readonly clock: () => WallClock;
  readonly random: Random;
}

interface BuiltPayload {
  readonly name: string;
  readonly events: number;
  /** The first msgid among its events. */
  readonly msgid: string | null;
  readonly json: string;
}

export interface PayloadPlan {
  /** Number of calls that send every source once. */
  readonly calls: number;
  /** The payload of a call, counted from 0 without end: sources and events repeat. */
  readonly build: (call: number) => BuiltPayload;
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
  const firstId = fresh === undefined ? 0 : 100_000_000 + fresh.random(800_000_000);
  const perCall = batch ?? Math.max(1, ...bySource.map((events) => events.length));

  const renewed = (chosen: readonly Slot[], call: number): readonly Slot[] => {
    if (fresh === undefined) return chosen;
    const clock = fresh.clock();
    return chosen.map((slot, index) => {
      const msgid = String(firstId + call * perCall + index);
      return { ...slot, event: freshen(slot.event, { clock, msgid }, isPinned) };
    });
  };
  const built = (chosen: readonly Slot[], json: string): BuiltPayload => ({
    name: nameOf(chosen, sources),
    events: chosen.length,
    msgid: chosen.map((slot) => msgidOf(slot.event)).find((msgid) => msgid !== null) ?? null,
    json,
  });

  if (batch !== undefined) {
    const filled = bySource.filter((events) => events.length > 0);
    if (filled.length === 0) throw problem('no_events', {});
    return {
      calls: Math.ceil(sources.length / batch),
      build: (call) => {
        const chosen = Array.from({ length: batch }, (_, index) =>
          roundRobin(filled, call * batch + index),
        );
        const slots = renewed(chosen, call);
        return built(slots, jsonText(byPanel(slots, panel)));
      },
    };
  }
  const untouched = edits.length === 0 && panel === undefined && fresh === undefined;
  return {
    calls: sources.length,
    build: (call) => {
      const index = call % sources.length;
      const source = sources[index] as PayloadSource;
      const slots = renewed(bySource[index] ?? [], call);
      const json =
        untouched && source.text !== undefined
          ? source.text
          : jsonText({ ...withoutEvents(source.payload, panel), ...byPanel(slots, panel) });
      return { ...built(slots, json), name: source.name };
    },
  };
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
