import { listSamples } from '../../src/sample-files.js';
import { call, formHeaders } from './http.js';
import { type Listener, type ListenerOptions, startListener } from './listener.js';
import { bodyOf } from './store.js';

/** A listener whose inspector runs. */
export interface Inspected extends Listener {
  /** The address of its page. */
  readonly page: string;
  /** Posts a call with these events. */
  post(events: readonly unknown[], panel?: string): Promise<void>;
}

export async function startInspected(
  words: readonly string[] = [],
  options: ListenerOptions = {},
): Promise<Inspected> {
  const listener = await startListener(words, { ...options, inspect: true });
  const [, page = ''] = await listener.line(/Inspector\s+(http:\/\/\S+)/);
  return {
    ...listener,
    page,
    post: async (events, panel) => {
      await call(listener.url, { headers: formHeaders, body: bodyOf(events, panel) });
    },
  };
}

/** An event as Netcore sends it, with what a test needs to be different. */
export function eventOf(
  channel: string,
  activity: string,
  params: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const sample = listSamples().find(
    (each) => each.channel === channel && each.activity === activity,
  );
  const event = Object.values(sample?.payload ?? {})
    .flat()
    .find((each) => String(each.channel ?? channel).toLowerCase() === channel);
  if (!event) throw new Error(`There is no sample ${channel} ${activity}.`);
  const own = event.event_params;
  return { ...event, event_params: { ...(own instanceof Object ? own : {}), ...params } };
}
