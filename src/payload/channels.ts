/** The seven channels that Netcore's webhook knows, in the order of its page. */
export const channels = [
  'email',
  'sms',
  'apn',
  'bpn',
  'whatsapp',
  'rcs',
  'custom_activity',
] as const;
export type Channel = (typeof channels)[number];

/**
 * The activities of each channel, by their canonical names. Those of `custom_activity` are named
 * by the client; `activity` stands for them where a file or a list needs a name.
 */
export const activities = {
  email: ['delivered', 'open', 'click', 'bounce'],
  sms: ['delivered', 'click'],
  apn: ['delivered', 'click'],
  bpn: ['delivered', 'click'],
  whatsapp: ['delivered', 'open', 'click', 'failed'],
  rcs: ['delivered', 'open', 'click', 'failed'],
  custom_activity: ['activity'],
} as const satisfies Record<Channel, readonly string[]>;

/** Spellings seen in the wild and in the tables and samples of Netcore's page. */
const activitySpellings: Readonly<Record<string, string>> = {
  deliver: 'delivered',
  delivered: 'delivered',
  open: 'open',
  opened: 'open',
  read: 'open',
  click: 'click',
  clicked: 'click',
  bounce: 'bounce',
  bounced: 'bounce',
  fail: 'failed',
  failed: 'failed',
};

/** The channel as Netcore names it, or undefined when it is none of the seven. */
export function canonicalChannel(text: string): Channel | undefined {
  const folded = text.trim().toLowerCase();
  return channels.find((channel) => channel === folded);
}

/** The one name of an activity that has several (`Clicked` is `click`), or undefined. */
export function canonicalActivity(text: string): string | undefined {
  const folded = text.trim().toLowerCase();
  return Object.hasOwn(activitySpellings, folded) ? activitySpellings[folded] : undefined;
}
