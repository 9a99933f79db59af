import type { JsonObject } from '../../payload/build/json.js';
import { activities } from '../../payload/channels.js';
import { type EventCall, eventCheck, formBody } from '../event-check.js';

/** This many events cover each channel and activity. */
const kinds = Object.values(activities).flat().length;

const repeated: EventCall['body'] = ({ panel, of }) =>
  formBody({ [panel]: [{ ...of('email open'), msgid: '100000001' }] });

/** A handler that deduplicates by msgid stores one of them. */
const contacts = 10;

const repeatedInBatch: EventCall['body'] = ({ panel, several }) => {
  const events = several('email open', contacts);
  const repeats = events.slice(2, 4);
  const [{ msgid } = {}] = events;
  return {
    text: formBody({ [panel]: [...events, ...repeats] }),
    note:
      `${contacts + repeats.length} events of ${contacts} contacts were sent for message ${msgid}: ` +
      `your store should hold ${contacts}.`,
  };
};

export const batchesCheck = eventCheck({
  id: 'batches',
  title: 'Batches, several panels, repeated calls',
  sends:
    'batches of all channels, of two panels, out of order and with repeated events, and a call twice',
  expects: 'any_batch',
  calls: [
    {
      name: 'a batch of all channels',
      body: ({ panel, take }) => formBody({ [panel]: take(kinds) }),
    },
    {
      name: 'two panels',
      body: ({ panel, take }) => formBody({ [panel]: take(2), [`${panel}_2`]: take(2) }),
    },
    {
      name: 'the newest event first',
      body: ({ panel, of }) =>
        formBody({
          [panel]: [of('email click'), at(of('email open'), '2020'), of('email delivered')],
        }),
    },
    { name: 'many contacts of a message and repeated events', body: repeatedInBatch },
    { name: 'an event', body: repeated },
    { name: 'the same event again', body: repeated },
  ],
});

/** The event, moved to the second day of a year. */
function at(event: JsonObject, year: string): JsonObject {
  const { event_params: params } = event;
  const timestamp = `${year}-01-02T03:04:05`;
  const ts = Number(timestamp.slice(2).replace(/\D/g, ''));
  return { ...event, event_params: { ...(params as JsonObject), ts, timestamp } };
}
