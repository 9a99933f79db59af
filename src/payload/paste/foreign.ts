/** Recognizes bodies of other webhooks than Netcore CE's journey webhook. */

interface Sign {
  readonly whose: string;
  /** All of these keys must be present. */
  readonly keys: readonly string[];
}

/** Form bodies, by their fields. */
const formSigns: readonly Sign[] = [
  { whose: "Mandrill's webhook", keys: ['mandrill_events'] },
  { whose: "Twilio's webhook", keys: ['MessageSid'] },
  { whose: "Twilio's webhook", keys: ['CallSid'] },
  { whose: "Mailgun's webhook", keys: ['timestamp', 'token', 'signature'] },
  { whose: "the delivery report of Netcore's SMS API", keys: ['reqid'] },
  { whose: "the delivery report of Netcore's SMS API", keys: ['REQID'] },
  { whose: "a slash command of Slack's", keys: ['team_id', 'command'] },
  { whose: "an interaction of Slack's, or GitHub's webhook", keys: ['payload'] },
];

/** JSON bodies, by the keys of the object or of a list's first object. */
const jsonSigns: readonly Sign[] = [
  { whose: 'a request to an export API of Netcore CE', keys: ['primary_key'] },
  { whose: "the delivery report of Netcore's WhatsApp API", keys: ['delivery_status'] },
  { whose: "an incoming message of Netcore's WhatsApp API", keys: ['incoming_message'] },
  { whose: "the delivery report of Netcore's WhatsApp API", keys: ['ncmessage_id'] },
  { whose: "the webhook of Netcore's Email API", keys: ['EVENT', 'TRANSID'] },
  { whose: "the webhook of Netcore's Email API", keys: ['TRANSID'] },
  { whose: "the webhook of Netcore's RCS API", keys: ['nc_bot_id'] },
  { whose: "the delivery report of Netcore's SMS API", keys: ['reqid'] },
  { whose: "SendGrid's event webhook", keys: ['sg_event_id'] },
  { whose: "SendGrid's event webhook", keys: ['sg_message_id'] },
  { whose: "Mailgun's webhook", keys: ['signature', 'event-data'] },
  { whose: "Postmark's webhook", keys: ['RecordType', 'MessageID'] },
  { whose: "a notification of Amazon's SNS", keys: ['Type', 'TopicArn'] },
  { whose: "Stripe's webhook", keys: ['object', 'livemode'] },
  { whose: "GitHub's webhook", keys: ['repository', 'sender'] },
  { whose: "Meta's webhook (WhatsApp, Instagram or Facebook)", keys: ['object', 'entry'] },
  { whose: "Slack's event webhook", keys: ['team_id', 'event'] },
  { whose: 'the delivery report of MSG91', keys: ['requestId'] },
  { whose: "Shopify's webhook", keys: ['admin_graphql_api_id'] },
];

export function whoseForm(fields: readonly string[]): string | undefined {
  return signOf(formSigns, new Set(fields))?.whose;
}

/** Checks the value, its first object, and the first object of its lists. */
export function whoseJson(value: unknown): { whose: string; sign: string } | undefined {
  for (const candidate of [value, ...firstOf(value)]) {
    if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) continue;
    const sign = signOf(jsonSigns, new Set(Object.keys(candidate)));
    if (sign) return { whose: sign.whose, sign: sign.keys.map((key) => `"${key}"`).join(' and ') };
  }
  return undefined;
}

function signOf(signs: readonly Sign[], keys: ReadonlySet<string>): Sign | undefined {
  return signs.find((sign) => sign.keys.every((key) => keys.has(key)));
}

function firstOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.slice(0, 1);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value)
    .slice(0, 10)
    .flatMap((inner) => (Array.isArray(inner) ? inner.slice(0, 1) : []));
}
