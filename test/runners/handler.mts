// A handler and its test in TypeScript, compiled under every supported version of it.
import {
  type Channel,
  decode,
  decodeRequest,
  encode,
  eventKey,
  events,
  listSamples,
  type Payload,
  Problem,
  payloadSchema,
} from 'netcore-hook';
import { playCalls, post, sample, startListener } from 'netcore-hook/testing';

export async function handle(request: Request): Promise<readonly string[]> {
  const payload: Payload = await decodeRequest(request);
  return events(payload).map(({ channel, activity, contact, key, weak, event }) => {
    const email: string | undefined = event.event_params?.email;
    return [channel, activity, contact, weak ? '' : key, email ?? ''].join(' ');
  });
}

export function describe(body: string | Uint8Array | URLSearchParams): string[] {
  return events(decode(body)).map((each) => {
    switch (each.channel) {
      case 'email':
        return each.event.event_params?.subject ?? '';
      case 'bpn':
        return each.event.event_params?.token?.[0] ?? '';
      case 'other':
        return String(each.event.channel);
      default: {
        const channel: Exclude<Channel, 'email' | 'bpn'> = each.channel;
        const unknownField: unknown = each.event.anything;
        return `${channel} ${String(unknownField)}`;
      }
    }
  });
}

export async function rehearse(url: string): Promise<number> {
  const hook = await startListener({ auth: 'netcore:secret' });
  try {
    const call = sample('email', 'open', { events: 2 });
    const subject: string | undefined = call.events[0]?.event_params.subject;
    const { status } = await post(url, call, { auth: 'netcore:secret' });
    const [played] = await playCalls(hook.url, 'calls.ndjson', { speed: 'max' });
    const seen = await hook.waitForEvent({ channel: 'rcs', event: 'click' });
    const name: string | null | undefined = seen.data.event_params.camp_name;
    return status + (played?.status ?? 0) + [subject, name].length;
  } finally {
    await hook.stop();
  }
}

export function check(payload: Payload): boolean {
  const { key, weak } = eventKey('shop', { channel: 'sms' });
  const names: string[] = listSamples().map(({ channel, activity }) => `${channel} ${activity}`);
  try {
    return weak || key === names[0] || payloadSchema.safeParse(decode(encode(payload))).success;
  } catch (error) {
    if (error instanceof Problem) return error.hint === '';
    throw error;
  }
}

// @ts-expect-error An e-mail never fails.
sample('email', 'failed');
