import * as z from 'zod';
import { type Channel, channels } from './channels.js';
import { documentedField } from './documented-fields.js';

/**
 * The payload as Netcore's page documents it, including the spellings that the page mixes. Strict
 * where the page is clear, and open otherwise: unknown keys are kept. For real payloads, which may
 * lack any of this, see `payload.ts`.
 */

const text = z.string();

/** Netcore's samples show these objects filled; an empty one may be `{}` or `[]`. */
const parameters = z.union([z.record(z.string(), z.unknown()), z.array(z.never()).max(0)], {
  error: 'Expected an object of parameters',
});

/** The type of a documented field, with its meaning as description. */
function field<T extends z.ZodType>(path: string, type: T): T {
  const meaning = documentedField(path.split('.'))?.meaning;
  return meaning === undefined ? type : type.meta({ description: meaning });
}

/** `event_params` with the meanings of its fields. */
function eventParams<T extends Readonly<Record<string, z.ZodType>>>(types: T) {
  const described = Object.entries(types).map(
    ([key, type]) => [key, field(`event_params.${key}`, type)] as const,
  );
  return field('event_params', z.looseObject(Object.fromEntries(described) as T));
}

const compactTime = 'Expected YYMMDDHHMMSS, as a number or as text';
const ts = z.union(
  [
    z.int().min(0, { error: compactTime }).max(991_231_235_959, { error: compactTime }),
    text.regex(/^\d{12}$/, { error: compactTime }),
  ],
  { error: compactTime },
);

const timestamp = text.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/, {
  error: 'Expected YYYY-MM-DDTHH:MM:SS without a zone',
});

const everyEvent = {
  webhook_name: field('webhook_name', text),
  msgid: field('msgid', text),
  custom_params: field('custom_params', parameters).optional(),
  att_params: field('att_params', parameters).optional(),
  udt_params: field('udt_params', parameters).optional(),
  journey_name: field('journey_name', text).optional(),
};

const event = field('event', text.min(1));
const whenAndWho = { ts, timestamp, foreignkey: text };
const campaignName = { name: text.nullish(), camp_name: text.nullish() };
const device = {
  ip_addr: text.optional(),
  useragent: text.optional(),
  user_agent: text.optional(),
};
const mobile = text.optional();

const email = z.looseObject({
  ...everyEvent,
  channel: field('channel', z.literal(['email', 'Email'])),
  event,
  event_params: eventParams({
    ...whenAndWho,
    ...campaignName,
    ...device,
    subject: text.optional(),
    fromfield: text.optional(),
    tags: text.optional(),
    email: text.optional(),
    mobile,
  }),
});

const sms = z.looseObject({
  ...everyEvent,
  channel: field('channel', z.literal(['sms', 'SMS'])),
  event,
  event_params: eventParams({ ...whenAndWho, ...campaignName, mobile }),
});

const push = z.looseObject({
  ...everyEvent,
  channel: field('channel', z.literal(['apn', 'APN', 'bpn', 'BPN'])),
  event,
  event_params: eventParams({
    ...whenAndWho,
    ...campaignName,
    ...device,
    token_id: text.nullish(),
    token: z.array(text).optional(),
  }),
});

const whatsapp = z.looseObject({
  ...everyEvent,
  channel: field('channel', z.literal(['whatsapp', 'WhatsApp'])),
  event,
  event_params: eventParams({ ...whenAndWho, ...campaignName, ...device, mobile }),
});

const rcs = z.looseObject({
  ...everyEvent,
  channel: field('channel', z.literal(['rcs', 'RCS'])),
  event,
  event_params: eventParams({
    ...whenAndWho,
    ...campaignName,
    url: text.nullish(),
    linkid: z.union([text, z.int()]).optional(),
  }),
});

const customActivity = z.looseObject({
  ...everyEvent,
  channel: field('channel', z.literal('custom_activity')),
  payload_params: field('payload_params', parameters).optional(),
  event_params: eventParams({
    ...whenAndWho,
    identity: text.optional(),
    activity_source: text.optional(),
    activity_id: z.int().optional(),
    asset_name: text.optional(),
    activity_name: text.optional(),
    asset_id: text.optional(),
    guid: text.optional(),
  }),
});

/** One event in its documented shape. */
export const eventSchema = z.discriminatedUnion(
  'channel',
  [email, sms, push, whatsapp, rcs, customActivity],
  { error: `Expected an event whose channel is one of ${channels.join(', ')}` },
);

/** A payload in its documented shape: panel name → events. */
export const payloadSchema = z.record(z.string(), z.array(eventSchema)).meta({
  title: 'Netcore CE webhook payload',
  description: 'The JSON in the form field "data" of a call: panel name to list of events.',
});

export type DocumentedEvent = z.infer<typeof eventSchema>;
export type DocumentedPayload = z.infer<typeof payloadSchema>;

/** The documented shape of a channel's events. */
export type EventOf<C extends Channel> = DocumentedEvent extends infer E
  ? E extends { readonly channel: infer Spelled extends string }
    ? C extends Lowercase<Spelled>
      ? E
      : never
    : never
  : never;

/** The JSON Schema (draft 2020-12) of `payloadSchema`. */
export function payloadJsonSchema(): unknown {
  return z.toJSONSchema(payloadSchema);
}
