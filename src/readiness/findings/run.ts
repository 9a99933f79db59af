import { entry } from './entry.js';

/** The run itself. */
export const runFindings = {
  not_run: entry(
    'skip',
    (a: { failed: string }) => `Not run, since ${a.failed} failed.`,
    () => 'Mend that first.',
  ),
} as const;
