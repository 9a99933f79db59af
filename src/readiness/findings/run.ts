import { entry } from './entry.js';

/** The run itself. */
export const runFindings = {
  endpoint_died: entry(
    'fail',
    (a: { what: string; reason: string }) =>
      `${a.what} was the last that it took: since then it does not answer. ${a.reason}`,
    () =>
      "Start it again, and look into the server's log for what happened there; no body may stop the server.",
  ),
  not_run: entry(
    'skip',
    (a: { failed: string }) => `Not run, since ${a.failed} failed.`,
    () => 'Mend that first.',
  ),
} as const;
