import { commaList } from '../../cli/option-values.js';
import type { CallFilter } from '../../inspector/source.js';
import { canonicalActivity, canonicalChannel } from '../../payload/channels.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import { readCaptureQuery } from '../capture-query.js';

/**
 * The page's filter as a query. Unlike on the command line, channels and activities may be any: what
 * came under a name that nobody knows can be looked for by it.
 */
export function readFilter(filter: CallFilter, now: number): CaptureQuery {
  const { channel = [], event = [], ...rest } = filter;
  const query = readCaptureQuery(rest, now);
  return {
    ...query,
    events: {
      ...query.events,
      channels: commaList(channel, 'channel').map((name) => canonicalChannel(name) ?? name),
      activities: commaList(event, 'event').map((name) => canonicalActivity(name) ?? name),
    },
  };
}
