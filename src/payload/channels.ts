/** The seven channels of Netcore's webhook, in the order of its page. */
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
 * The canonical activities of each channel. Clients name those of `custom_activity`; `activity`
 * stands for them in files and lists.
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

/** Spellings from real calls, and from the tables and samples of Netcore's page. */
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

export function canonicalChannel(text: string): Channel | undefined {
  const folded = text.trim().toLowerCase();
  return channels.find((channel) => channel === folded);
}

/** The canonical name of an activity (`Clicked` is `click`), or undefined. */
export function canonicalActivity(text: string): string | undefined {
  const folded = text.trim().toLowerCase();
  return Object.hasOwn(activitySpellings, folded) ? activitySpellings[folded] : undefined;
}
