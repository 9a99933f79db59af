import { activities, channels } from '../payload/channels.js';
import type { EventFilter } from '../payload/event-filter.js';
import { nearest } from '../problems/nearest.js';

/** The options that select events; empty lists select all. */
interface ChosenEvents {
  readonly channel: readonly string[];
  readonly event: readonly string[];
  readonly panel: readonly string[];
  readonly msgid?: readonly string[];
  readonly who?: readonly string[];
  readonly key?: readonly string[];
  readonly webhook?: readonly string[];
  readonly journey?: readonly string[];
}

export function readEventFilter(chosen: ChosenEvents): EventFilter {
  const { channel, event, panel, msgid = [], who = [], key = [] } = chosen;
  const { webhook = [], journey = [] } = chosen;
  return {
    channels: channel,
    activities: event,
    panels: panel,
    msgids: msgid,
    people: who.map((contact) => contact.toLowerCase()),
    keys: key,
    webhooks: webhook.map((label) => label.trim().toLowerCase()),
    journeys: journey.map((label) => label.trim().toLowerCase()),
  };
}

/**
 * A sentence for each unknown name in a filter, which may be a typo. Clients name the activities of
 * custom_activity, and the activities of unknown channels are unknown too.
 */
export function filterWarnings({
  channel,
  event,
}: Pick<ChosenEvents, 'channel' | 'event'>): string[] {
  const known = channels.filter((name) => channel.length === 0 || channel.includes(name));
  const open = channel.some((name) => name === 'custom_activity' || !isOneOf(channels, name));
  const names = known.flatMap((name): readonly string[] =>
    name === 'custom_activity' ? [] : activities[name],
  );
  const of = channel.length === 0 ? 'of any channel' : `of ${channel.join(', ')}`;
  return [
    ...channel
      .filter((name) => !isOneOf(channels, name))
      .map((name) => warning(name, 'channel', channels)),
    ...(open ? [] : event.filter((name) => !names.includes(name))).map((name) =>
      warning(name, `activity ${of}`, [...new Set(names)]),
    ),
  ];
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function warning(name: string, kind: string, known: readonly string[]): string {
  const suggestion = nearest(name, known);
  const hint = suggestion ? `Did you mean "${suggestion}"?` : `Known: ${known.join(', ')}.`;
  return `"${name}" is not a known ${kind}. The filter matches this name as recorded. ${hint}`;
}
