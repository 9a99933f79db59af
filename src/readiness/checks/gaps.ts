import type { JsonObject } from '../../payload/build/json.js';
import { type EventCall, eventCheck, formBody } from '../event-check.js';

const groups = ['event_params', 'custom_params', 'att_params', 'payload_params'] as const;

function everyGroup(value: JsonObject[string]): JsonObject {
  return Object.fromEntries(groups.map((group) => [group, value]));
}

function without(event: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !keys.includes(key)));
}

function of(sample: string, change: (event: JsonObject) => JsonObject): EventCall['body'] {
  return (events) => formBody({ [events.panel]: [change(events.of(sample))] });
}

export const gapsCheck = eventCheck({
  id: 'gaps',
  title: 'Null, empty and missing values',
  sends: 'events whose groups are null, empty or missing, and an empty list',
  expects: 'gaps',
  calls: [
    {
      name: 'groups that are null',
      body: of('sms delivered', (e) => ({ ...e, ...everyGroup(null) })),
    },
    {
      name: 'groups that are empty objects',
      body: of('sms delivered', (e) => ({ ...e, ...everyGroup({}) })),
    },
    {
      name: 'groups that are empty lists',
      body: of('sms delivered', (e) => ({ ...e, ...everyGroup([]) })),
    },
    { name: 'no groups', body: of('email open', (e) => without(e, ...groups, 'udt_params')) },
    {
      name: 'neither channel nor activity',
      body: of('email open', (e) => without(e, 'channel', 'event')),
    },
    {
      name: 'values that are null',
      body: of('email open', (e) => ({ ...e, event: null, msgid: null, journey_name: null })),
    },
    {
      name: 'text where a number was, and a number where text was',
      body: of('rcs click', (e) => ({ ...e, msgid: -1, event_params: { ts: '240704122501' } })),
    },
    { name: 'an empty list of events', body: ({ panel }) => formBody({ [panel]: [] }) },
  ],
});
