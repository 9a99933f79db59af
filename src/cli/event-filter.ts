import { activities, type Channel, canonicalActivity, channels } from '../payload/channels.js';
import type { EventFilter } from '../payload/event-filter.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';

/** The options that select events; empty lists select all. */
interface ChosenEvents {
  readonly channel: readonly Channel[];
  readonly event: readonly string[];
  readonly panel: readonly string[];
  readonly msgid?: readonly string[];
  readonly who?: readonly string[];
}

/**
 * A filter by canonical names. Clients name the activities of custom_activity, so that channel
 * accepts any name. Throws `unknown_activity`.
 */
export function readEventFilter({
  channel,
  event,
  panel,
  msgid = [],
  who = [],
}: ChosenEvents): EventFilter {
  const known = [
    ...new Set(
      (channel.length > 0 ? channel : channels)
        .filter((each) => each !== 'custom_activity')
        .flatMap((each): readonly string[] => activities[each]),
    ),
  ];
  const wantedActivities = event.map((name) => {
    const activity = canonicalActivity(name);
    if (activity && known.includes(activity)) return activity;
    if (channel.includes('custom_activity')) return activity ?? name;
    throw problem('unknown_activity', {
      name,
      of: channel.length > 0 ? channel.join(', ') : 'any channel',
      nearest: nearest(name, known),
      all: known,
    });
  });
  return {
    channels: channel,
    activities: wantedActivities,
    panels: panel,
    msgids: msgid,
    people: who.map((contact) => contact.toLowerCase()),
  };
}
