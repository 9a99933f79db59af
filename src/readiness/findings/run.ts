import { entry } from './entry.js';

export const runFindings = {
  endpoint_died: entry(
    'fail',
    (a: { what: string; reason: string }) =>
      `${a.what} was the last call before the endpoint stopped responding. ${a.reason}`,
    () =>
      'Restart the server, and check its log for the cause. No request body may stop the server.',
  ),
  not_run: entry(
    'skip',
    (a: { failed: string }) => `Not run, since ${a.failed} failed.`,
    () => 'Fix that check first.',
  ),
} as const;
