import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery } from '../../cli/capture-filter.js';
import { captureFilter } from '../../cli/options/choosing.js';
import { readValues } from '../../cli/options/read-options.js';
import { commaList } from '../../cli/options/values.js';
import { canonicalActivity, canonicalChannel } from '../../payload/channels.js';
import type { CallFilter } from '../source.js';

/**
 * The page's filter as a query. Accepts any channel and activity, unlike the command line, so that
 * unknown names can be found.
 */
export function readFilter(filter: CallFilter, now: number): CaptureQuery {
  const { channel = [], event = [], ...typed } = filter;
  const values = readValues(
    { all: captureFilter },
    { typed, env: {}, host: { homeFolder: undefined } },
  );
  const query = captureQuery(values, now);
  return {
    ...query,
    events: {
      ...query.events,
      channels: commaList(channel, 'channel').map((name) => canonicalChannel(name) ?? name),
      activities: commaList(event, 'event').map((name) => canonicalActivity(name) ?? name),
    },
  };
}
