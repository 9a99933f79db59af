import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery } from '../../cli/capture-filter.js';
import { captureFilter } from '../../cli/options/choosing.js';
import { readValues } from '../../cli/options/read-options.js';
import type { CallFilter } from '../source.js';

/** The page's filter as a query. */
export function readFilter(filter: CallFilter, now: number): CaptureQuery {
  const sources = { typed: { ...filter }, env: {}, host: { homeFolder: undefined } };
  return captureQuery(readValues({ all: captureFilter }, sources), now);
}
