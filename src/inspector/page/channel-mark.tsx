import { type Channel, channels } from '../../payload/channels.js';
import { Icon, type IconName } from './icon.js';
import { Untrusted } from './untrusted.js';

const signs = {
  email: 'envelope',
  sms: 'bubble',
  apn: 'phone',
  bpn: 'window',
  whatsapp: 'receiver',
  rcs: 'card',
  custom_activity: 'bolt',
} as const satisfies Record<Channel, IconName>;

/** A channel's icon and name, in its colour. */
export function ChannelMark({ channel }: { readonly channel: string }) {
  const known = knownChannel(channel);
  return (
    <span class="channel" style={{ color: channelColour(channel) }}>
      <Icon name={known ? signs[known] : 'question'} />
      <Untrusted text={channel === '' ? 'no channel' : channel} />
    </span>
  );
}

/** The colour of a channel, as a CSS value. */
export function channelColour(channel: string): string {
  return `var(--channel-${knownChannel(channel) ?? 'other'})`;
}

function knownChannel(channel: string): Channel | undefined {
  return channels.find((known) => known === channel);
}
