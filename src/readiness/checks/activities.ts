import { activities, channels } from '../../payload/channels.js';
import { type EventCall, eventCheck, formBody } from '../event-check.js';

const calls: readonly EventCall[] = channels.flatMap((channel) =>
  activities[channel].map((activity) => ({
    name: channel === 'custom_activity' ? 'a custom activity' : `${channel} ${activity}`,
    body: (events) => formBody({ [events.panel]: [events.of(`${channel} ${activity}`)] }),
  })),
);

/** Netcore's own page uses these spellings too. */
const spellings: readonly (readonly [sample: string, channel: string, event: string])[] = [
  ['whatsapp click', 'WhatsApp', 'Clicked'],
  ['whatsapp open', 'whatsapp', 'Opened'],
  ['email click', 'email', 'clicked'],
];

export const activitiesCheck = eventCheck({
  id: 'activities',
  title: 'Every channel and activity',
  sends: 'one call for each, including other spellings',
  expects: 'any_event',
  calls: [
    ...calls,
    ...spellings.map(
      ([sample, channel, event]): EventCall => ({
        name: `the spelling ${channel} ${event}`,
        body: (events) => formBody({ [events.panel]: [{ ...events.of(sample), channel, event }] }),
      }),
    ),
  ],
});
