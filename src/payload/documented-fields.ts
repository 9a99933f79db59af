import { type Channel, channels } from './channels.js';

/**
 * What is known of a field of an event. Netcore's page shows its fields in samples and explains
 * none of them: the meanings are what the samples say, and what receivers have found.
 */
export interface DocumentedField {
  /** From the event inwards, keys joined by dots; `*` stands for any key, or place in a list. */
  readonly path: string;
  readonly meaning: string;
  /** The channels that have it. */
  readonly channels: readonly Channel[];
  /** `page`: in a sample of Netcore's page. `seen`: only in calls that receivers have published. */
  readonly source: 'page' | 'seen';
}

/** The list, in the order in which people look for things. */
export const documentedFields: readonly DocumentedField[] = [
  // Of the event itself.
  field(
    'channel',
    'The channel that the message went over; custom_activity: none, the contact did something.',
  ),
  field(
    'event',
    'The activity, in one of its spellings: click, clicked and Clicked are the same.',
    but('custom_activity'),
  ),
  field(
    'msgid',
    'The message, or for custom_activity the activity. The same for all contacts, so no id of this event.',
  ),
  field('webhook_name', "The webhook's label in the panel."),
  field('journey_name', 'The journey that holds the webhook.'),

  // event_params.
  field(
    'event_params',
    'What is known of the activity; which fields there are depends on the channel.',
  ),
  field(
    'event_params.ts',
    'When it happened, YYMMDDHHMMSS without a zone, as a number or as text; not an epoch time.',
  ),
  field('event_params.timestamp', 'The same moment as ts, YYYY-MM-DDTHH:MM:SS without a zone.'),
  field(
    'event_params.foreignkey',
    'The contact, by the key that the panel knows contacts by: an e-mail address or a telephone number.',
  ),
  field('event_params.email', "The contact's e-mail address.", ['email']),
  field('event_params.mobile', "The contact's telephone number.", ['sms', 'email', 'whatsapp']),
  field('event_params.subject', 'The subject of the e-mail.', ['email']),
  field('event_params.fromfield', 'The sender of the e-mail: name and address.', ['email']),
  field('event_params.camp_name', 'The name of the campaign or message.', ['email', 'rcs']),
  field('event_params.name', 'The name of the campaign or message; null when it has none.', [
    'sms',
    'email',
    'apn',
    'bpn',
    'whatsapp',
  ]),
  field('event_params.tags', 'The tags of the message; empty when it has none.', ['email']),
  field(
    'event_params.ip_addr',
    'The address that the activity came from: of the contact, or of a mail or proxy server.',
    ['email', 'apn', 'bpn', 'whatsapp'],
  ),
  field(
    'event_params.useragent',
    "The contact's browser or mail program. Other events call it user_agent.",
    ['email'],
  ),
  field(
    'event_params.user_agent',
    "The contact's browser or mail program. Other events call it useragent.",
    ['email', 'apn', 'bpn', 'whatsapp'],
  ),
  field('event_params.token', 'The push tokens of the device, as a list.', ['apn', 'bpn']),
  field('event_params.token_id', 'An id of the push token; null in the samples.', ['apn', 'bpn']),
  field('event_params.url', 'The address that was clicked; null in the sample.', ['rcs']),
  field(
    'event_params.linkid',
    'Which link of the message was clicked: text like "0", also seen as the number -1.',
    ['rcs'],
  ),
  field('event_params.activity_source', 'Where it was done: web, app, or a word of the client.', [
    'custom_activity',
  ]),
  field('event_params.activity_id', 'The number of the activity in the panel.', [
    'custom_activity',
  ]),
  field(
    'event_params.activity_name',
    'The name of the activity, in calls that have no asset_name.',
    ['custom_activity'],
    'seen',
  ),
  field(
    'event_params.asset_name',
    'The name that the panel knows the asset by. It names the activity; some calls have activity_name instead.',
    ['custom_activity'],
  ),
  field('event_params.asset_id', 'The id of the web site or app, as the panel knows it.', [
    'custom_activity',
  ]),
  field('event_params.identity', 'Who did it, as the web site or app identifies its users.', [
    'custom_activity',
  ]),
  field('event_params.guid', 'The id of the browser or device.', ['custom_activity']),

  // The groups whose keys are the client's own.
  field('att_params', "The contact's attributes that were chosen in the journey."),
  field('att_params.EMAIL', "The contact's e-mail address."),
  field('att_params.MOBILE', "The contact's telephone number."),
  field('att_params.FIRSTNAME', "The contact's first name."),
  field('att_params.LASTNAME', "The contact's last name."),
  field('att_params.CITY', "The contact's city."),
  field('att_params.STATE', "The contact's state."),
  field('att_params.*', 'An attribute of the contact.'),
  field('custom_params', 'Keys and values that were written into the journey.'),
  field('custom_params.smartech_panel', 'The number of the panel.'),
  field('custom_params.userid', 'Panel, message and contact as numbers, joined by hyphens.'),
  field('custom_params.*', "The journey's own key."),
  field('udt_params', 'Columns of a user data table.'),
  field('udt_params.*', 'A column of the user data table.'),
  field('payload_params', 'What the activity was about, as the web site or app told it.', [
    'custom_activity',
  ]),
  field('payload_params.items', 'The products that it was about, as a list.', ['custom_activity']),
  field('payload_params.*', "The activity's own parameter.", ['custom_activity']),
];

/**
 * What is known of the field at a path of an event: the most exact entry that fits, one of any
 * channel where its own has none. Undefined: nobody has documented it.
 */
export function documentedField(path: readonly string[]): DocumentedField | undefined {
  return byPath.get(path.join('.')) ?? (path.length > 1 ? byPath.get(`${path[0]}.*`) : undefined);
}

const byPath = new Map(documentedFields.map((entry) => [entry.path, entry]));

function field(
  path: string,
  meaning: string,
  of: readonly Channel[] = channels,
  source: DocumentedField['source'] = 'page',
): DocumentedField {
  return { path, meaning, channels: of, source };
}

function but(channel: Channel): readonly Channel[] {
  return channels.filter((other) => other !== channel);
}
