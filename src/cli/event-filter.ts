import { activities, canonicalActivity, channels } from '../payload/channels.js';
import type { EventFilter } from '../payload/event-filter.js';
import { readChannel } from '../payload/read-channel.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import { commaList } from './option-values.js';

/**
 * `--channel`, `--event`, `--panel`, `--msgid` and `--who` as typed, by their canonical names. The activities of
 * custom_activity are named by the client, so any name goes where that channel is asked for.
 */
export function readEventFilter(typed: {
  readonly channel?: readonly string[] | undefined;
  readonly event?: readonly string[] | undefined;
  readonly panel?: readonly string[] | undefined;
  readonly msgid?: readonly string[] | undefined;
  readonly who?: readonly string[] | undefined;
}): EventFilter {
  const wantedChannels = commaList(typed.channel ?? [], '--channel').map(readChannel);
  const known = [
    ...new Set(
      (wantedChannels.length > 0 ? wantedChannels : channels)
        .filter((channel) => channel !== 'custom_activity')
        .flatMap((channel): readonly string[] => activities[channel]),
    ),
  ];
  const wantedActivities = commaList(typed.event ?? [], '--event').map((name) => {
    const activity = canonicalActivity(name);
    if (activity && known.includes(activity)) return activity;
    if (wantedChannels.includes('custom_activity')) return activity ?? name;
    throw problem('unknown_activity', {
      name,
      of: wantedChannels.length > 0 ? wantedChannels.join(', ') : 'any channel',
      nearest: nearest(name, known),
      all: known,
    });
  });
  return {
    channels: wantedChannels,
    activities: wantedActivities,
    panels: commaList(typed.panel ?? [], '--panel'),
    msgids: commaList(typed.msgid ?? [], '--msgid'),
    people: commaList(typed.who ?? [], '--who').map((who) => who.toLowerCase()),
  };
}
