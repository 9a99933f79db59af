import { type Contact, eventOf } from '../payload/build/contacts.js';
import { isNumber, isObject, type Json, type JsonObject } from '../payload/build/json.js';
import { seededRandom } from '../payload/build/random.js';
import type { WallClock } from '../payload/build/wall-clock.js';
import { type Channel, canonicalChannel } from '../payload/channels.js';
import type { Payload } from '../payload/payload.js';
import { reactionOf } from './carrier.js';
import type { Journey, WebhookNode } from './journey.js';
import type { Sending } from './sending-heap.js';

/** What the events of a run are made of. */
export interface EventSource {
  readonly journey: Journey;
  readonly seed: number;
  /** The beginning of the run, in milliseconds since 1970. */
  readonly start: number;
  /** Formats a moment in the panel's time zone. */
  readonly clock: (moment: number) => WallClock;
  readonly contactOf: (index: number) => Contact;
  /** Whether attributes that a contact lacks are invented, too. */
  readonly isInvented: boolean;
  readonly samples: readonly {
    readonly channel: Channel;
    readonly activity: string;
    readonly payload: Payload;
  }[];
}

export interface EventBuilder {
  /** The event, the same for the same sending. Its numbers are plain. */
  readonly build: (
    sending: Pick<Sending, 'contact' | 'webhook' | 'carrier' | 'time'>,
  ) => JsonObject;
  /** Of all messages of the journey, in its order, and before them of its first activity. */
  readonly msgids: readonly number[];
}

/** Each run has a hundred numbers of its own, so that its events can be removed. */
const firstMsgid = 9_000_001;

export function createEventBuilder(source: EventSource): EventBuilder {
  const { journey, seed, start, clock, contactOf } = source;
  const messages = journey.nodes.flatMap((node, index) => (node.type === 'message' ? [index] : []));
  const hasTrigger = journey.start.activity !== undefined;
  const base = firstMsgid + 100 * seededRandom(seed)(9999);
  const msgids = Array.from(
    { length: messages.length + (hasTrigger ? 1 : 0) },
    (_, at) => base + at,
  );
  const msgidOf = (carrier: number) => {
    const reaction = reactionOf(carrier);
    return reaction ? base + messages.indexOf(reaction.message) + (hasTrigger ? 1 : 0) : base;
  };
  const templates = new Map<number, Template>();
  return {
    msgids,
    build({ contact: index, webhook, carrier, time }) {
      const key = webhook * 1000 + carrier;
      const template = templates.get(key) ?? templateOf(source, webhook, carrier);
      templates.set(key, template);
      const contact = contactOf(index);
      const msgid = msgidOf(carrier);
      const event: Record<string, Json> = { ...eventOf(template.event, contact, String(msgid)) };
      event.event_params = paramsAt(event.event_params, msgid, clock(start + time));
      event.att_params = attributesOf(template, contact, source);
      if (!journey.isBroadcast) return event;
      // As in the broadcast of Netcore's page.
      const { att_params: attributes, ...rest } = event;
      return { ...rest, udt_params: attributes ?? {} };
    },
  };
}

interface Template {
  readonly event: JsonObject;
  readonly attributes: readonly (readonly [name: string, fallback: Json])[];
}

const defaultAttributes: JsonObject = { LASTNAME: '', FIRSTNAME: '', MOBILE: '', EMAIL: '' };
/** Without them, an event has no identity. */
const requiredParams = ['ts', 'timestamp', 'foreignkey', 'asset_name', 'activity_id'];

/** The sample of an activity as this webhook sends it, without a contact. */
function templateOf(source: EventSource, webhook: number, carrier: number): Template {
  const { journey } = source;
  const node = journey.nodes[webhook] as WebhookNode;
  const sample = sampleOf(source, carrier);
  const { journey_name: _, att_params, udt_params, custom_params, event_params, ...rest } = sample;
  const group = att_params ?? (journey.isBroadcast ? udt_params : undefined);
  const fallbacks = isObject(group) ? group : defaultAttributes;
  const names = node.attributes ?? Object.keys(fallbacks);
  const event: Record<string, Json> = {
    ...rest,
    custom_params: node.custom ?? custom_params ?? {},
    webhook_name: node.label,
    event_params: paramsOf(event_params, node.params, titleOf(journey, carrier)),
  };
  if (!journey.isBroadcast) event.journey_name = journey.name;
  return { event, attributes: names.map((name) => [name, fallbacks[name] ?? '']) };
}

function sampleOf({ journey, samples }: EventSource, carrier: number): JsonObject {
  const reaction = reactionOf(carrier);
  const message = reaction && journey.nodes[reaction.message];
  const [channel, activity] =
    message?.type === 'message' && reaction
      ? [message.channel, message.reactions[reaction.kind].activity]
      : (['custom_activity', 'activity'] as const);
  const sample = samples.find((each) => each.channel === channel && each.activity === activity);
  // The sample of sms also holds an event of e-mail.
  const event = Object.values(sample?.payload ?? {})
    .flat()
    .find((each) => canonicalChannel(String(each.channel)) === channel);
  return (event ?? {}) as JsonObject;
}

/** The name of the message, or of the activity that started the journey. */
function titleOf({ nodes, start }: Journey, carrier: number): string {
  const message = nodes[reactionOf(carrier)?.message ?? -1];
  return message?.type === 'message' ? message.campaign : (start.activity ?? '');
}

const titleParams = ['camp_name', 'name', 'subject', 'asset_name'];

function paramsOf(
  params: Json | undefined,
  chosen: readonly string[] | undefined,
  title: string,
): JsonObject {
  const entries = Object.entries(isObject(params) ? params : {})
    .filter(([key]) => !chosen || requiredParams.includes(key) || chosen.includes(key))
    .map(([key, value]): [string, Json] => [key, titleParams.includes(key) ? title : value]);
  return Object.fromEntries(entries);
}

function paramsAt(
  params: Json | undefined,
  msgid: number,
  { ts, timestamp }: WallClock,
): JsonObject {
  if (!isObject(params)) return {};
  const set: Record<string, Json> = {
    ...params,
    ts: isNumber(params.ts) ? Number(ts) : ts,
    timestamp,
  };
  if ('activity_id' in params) set.activity_id = msgid;
  return set;
}

function attributesOf({ attributes }: Template, contact: Contact, source: EventSource): JsonObject {
  const chosen: Record<string, Json> = {};
  for (const [name, fallback] of attributes) {
    chosen[name] = attributeOf(name, contact, source) ?? (source.isInvented ? fallback : '');
  }
  return chosen;
}

/** Those of a contacts file have upper-case names. */
function attributeOf(
  name: string,
  { attributes, email, mobile, firstName, lastName, number }: Contact,
  { journey, isInvented }: EventSource,
): string | undefined {
  const { where } = journey.start;
  const upper = name.toUpperCase();
  if (Object.hasOwn(attributes, upper)) return attributes[upper];
  if (Object.hasOwn(where, name)) return where[name];
  switch (upper) {
    case 'EMAIL':
      return email;
    case 'MOBILE':
      return mobile;
    case 'FIRSTNAME':
      return firstName;
    case 'LASTNAME':
      return lastName;
  }
  if (!isInvented) return undefined;
  const [city, state] = places[number % places.length] ?? places[0];
  return { CITY: city, STATE: state, COUNTRY: 'India' }[upper];
}

const places = [
  ['Mumbai', 'Maharashtra'],
  ['Pune', 'Maharashtra'],
  ['Delhi', 'Delhi'],
  ['Bengaluru', 'Karnataka'],
  ['Chennai', 'Tamil Nadu'],
  ['Kolkata', 'West Bengal'],
] as const;
