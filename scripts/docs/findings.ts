import { authenticationFindings } from '../../src/readiness/findings/authentication.js';
import type { Entry, FindingOutcome } from '../../src/readiness/findings/entry.js';
import { loadFindings } from '../../src/readiness/findings/load.js';
import { payloadFindings } from '../../src/readiness/findings/payload.js';
import { protocolFindings } from '../../src/readiness/findings/protocol.js';
import { reachFindings } from '../../src/readiness/findings/reach.js';
import { runFindings } from '../../src/readiness/findings/run.js';
import { cell, code, table } from './markdown.js';

const groups: Readonly<Record<string, Readonly<Record<string, Entry<never>>>>> = {
  Reach: reachFindings,
  Protocol: protocolFindings,
  Authentication: authenticationFindings,
  Payload: payloadFindings,
  'Load and endurance': loadFindings,
  'The run itself': runFindings,
};

const outcomes: Readonly<Record<FindingOutcome, string>> = {
  fail: 'fails',
  warn: 'warns',
  skip: 'is not asked',
};

/** docs/findings.md: what `test-endpoint` can find, and what helps. */
export function writeFindings(): string {
  return [
    '# The findings of `test-endpoint`',
    '',
    'Written by `npm run docs` from the list in the code. A [check](checks.md) that finds nothing passes. Each finding',
    'has a code, which never changes: `--json` and the reports hold it, with a sentence that says what was found',
    'in the endpoint at hand, and lines for its framework where they help.',
    ...Object.entries(groups).flatMap(([name, findings]) => [
      '',
      `## ${name}`,
      '',
      ...table(
        ['finding', 'its check', 'what to do'],
        Object.entries(findings).map(([id, { outcome, fix }]) => [
          code(id),
          outcomes[outcome],
          // Without the facts of an endpoint it says what helps in general.
          cell(fix({} as never)),
        ]),
      ),
    ]),
    '',
  ].join('\n');
}
