import { type Channel, channels } from './channels.js';

/**
 * A documented field of an event. Netcore's page shows fields only in samples, without
 * explanations: the meanings come from those samples and from receivers' experience.
 */
export interface DocumentedField {
  /** From the event inwards, keys joined by dots; `*` matches any key or index. */
  readonly path: string;
  readonly meaning: string;
  readonly channels: readonly Channel[];
  /** `page`: in a sample of Netcore's page. `seen`: only in calls that receivers have published. */
  readonly source: 'page' | 'seen';
}

/** In display order. */
export const documentedFields: readonly DocumentedField[] = [
  // The event itself.
  field('channel', 'The channel of the message; custom_activity has no message.'),
  field(
    'event',
    'What happened, in one of its spellings: click, clicked, Clicked.',
    but('custom_activity'),
  ),
  field(
    'msgid',
    'The id of the message or activity. All its contacts share it, so it does not identify an event.',
  ),
  field('webhook_name', "The webhook's label in the panel."),
  field('journey_name', 'The journey that called the webhook.'),

  // event_params.
  field('event_params', 'What happened, in detail. The fields depend on the channel.'),
  field(
    'event_params.ts',
    'When it happened: YYMMDDHHMMSS, not an epoch time. It has no time zone; it is most likely the time of the panel.',
  ),
  field('event_params.timestamp', 'The same moment as ts, also without a time zone.'),
  field(
    'event_params.foreignkey',
    "The contact, by the panel's key: an e-mail address or a telephone number.",
  ),
  field('event_params.email', "The contact's e-mail address.", ['email']),
  field('event_params.mobile', "The contact's telephone number.", ['sms', 'email', 'whatsapp']),
  field('event_params.subject', 'The subject of the e-mail.', ['email']),
  field('event_params.fromfield', 'The sender: name and address.', ['email']),
  field('event_params.camp_name', 'The campaign or message.', ['email', 'rcs']),
  field('event_params.name', 'The campaign or message; may be null.', [
    'sms',
    'email',
    'apn',
    'bpn',
    'whatsapp',
  ]),
  field('event_params.tags', 'The tags of the message; may be empty.', ['email']),
  field('event_params.ip_addr', 'Its origin: the contact, or a mail or proxy server.', [
    'email',
    'apn',
    'bpn',
    'whatsapp',
  ]),
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
  field('event_params.token', 'The push tokens of the device.', ['apn', 'bpn']),
  field('event_params.token_id', 'An id of the push token; may be null.', ['apn', 'bpn']),
  field('event_params.url', 'The address that was clicked; may be null.', ['rcs']),
  field('event_params.linkid', 'Which link was clicked: text like "0", or the number -1.', ['rcs']),
  field('event_params.activity_source', "Where: web, app, or the client's own word.", [
    'custom_activity',
  ]),
  field('event_params.activity_id', 'The number of the activity in the panel.', [
    'custom_activity',
  ]),
  field(
    'event_params.activity_name',
    'The name of the activity, in calls without asset_name.',
    ['custom_activity'],
    'seen',
  ),
  field(
    'event_params.asset_name',
    'The name that the panel knows the asset by. It names the activity.',
    ['custom_activity'],
  ),
  field('event_params.asset_id', 'The id of the web site or app, as the panel knows it.', [
    'custom_activity',
  ]),
  field('event_params.identity', 'Who did it, as the web site or app knows its users.', [
    'custom_activity',
  ]),
  field('event_params.guid', 'The id of the browser or device.', ['custom_activity']),

  // Groups with the client's own keys.
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
  field('payload_params', 'What the activity was about, as the web site or app sent it.', [
    'custom_activity',
  ]),
  field('payload_params.items', 'The products that it was about, as a list.', ['custom_activity']),
  field('payload_params.*', "The activity's own parameter.", ['custom_activity']),
];

/**
 * The most specific entry for a path, regardless of channel when its own has none. Undefined when
 * undocumented.
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
