import { captureFilter } from '../../cli/options/choosing.js';
import { type ReadOption, readOptions } from '../../cli/options/read-options.js';
import { commaList } from '../../cli/options/values.js';
import type { CallFilter } from '../../inspector/source.js';
import { canonicalActivity, canonicalChannel } from '../../payload/channels.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import { type CaptureFilter, captureQuery } from '../capture-query.js';

/**
 * The page's filter as a query. Unlike on the command line, channels and activities may be any: what
 * came under a name that nobody knows can be looked for by it.
 */
export function readFilter(filter: CallFilter, now: number): CaptureQuery {
  const { channel = [], event = [], ...typed } = filter;
  const read = readOptions(Object.entries(captureFilter), { typed, env: {} });
  const values = Object.fromEntries(
    [...read].map(([name, { value }]: [string, ReadOption]) => [name, value]),
  );
  const query = captureQuery(values as unknown as CaptureFilter, now);
  return {
    ...query,
    events: {
      ...query.events,
      channels: commaList(channel, 'channel').map((name) => canonicalChannel(name) ?? name),
      activities: commaList(event, 'event').map((name) => canonicalActivity(name) ?? name),
    },
  };
}
