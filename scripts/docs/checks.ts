import { askedChecks } from '../../src/readiness/asked-checks.js';
import { checks } from '../../src/readiness/checks.js';
import { code, table } from './markdown.js';

const headings: Readonly<Record<string, readonly [title: string, says: string]>> = {
  reach: ['Reach', 'Whether Netcore gets as far as the server.'],
  protocol: ['Protocol', 'How the server speaks HTTP.'],
  authentication: ['Authentication', 'Which credentials it accepts. The bodies are empty.'],
  payload: [
    'Payload',
    'What it answers to events: 200, within the time-out, to all but malformed bodies.',
  ],
  load: [
    'Load',
    'Whether it answers 200 to many calls at a time. Of no suite: `--burst` asks for it.',
  ],
  endurance: ['Endurance', 'Whether it answers 200 for a day. Of no suite: `--soak` asks for it.'],
};

/** docs/checks.md: the output of `test-endpoint --list`. */
export function writeChecks(): string {
  const listed = [...checks, ...askedChecks.map((check) => ({ ...check, suite: 'asked' }))];
  const groups = [...new Set(listed.map(({ group }) => group))];
  return [
    '# The checks of `test-endpoint`',
    '',
    'Written by `npm run docs` from the list in the code: the ids are permanent.',
    '',
    '`--suite basic`, the default, is quick and as good as harmless: one event, and empty bodies. `--suite full`',
    'holds the basic one and everything else; beyond this machine it asks first, or takes `--yes`.',
    '`--only` runs checks by name, of any suite, and `--skip` leaves some out. A check whose ground',
    'is missing is not run, and when the endpoint stops answering permanently, the run ends with the',
    'call that did it.',
    '',
    'Checks marked "(events)" send events of invented people: example.com addresses and numbers that',
    'cannot be dialled, for the panel `netcore_hook_test` unless `--panel` names another (and, where that is what',
    'is checked, for panels that do not exist).',
    '',
    'What the checks can find is listed in [findings](findings.md). Those that code or configuration can mend',
    'come with lines for the framework that the answers give away, or for the one of `--framework`. Where no answer does, one POST without body and credentials goes',
    'to `/netcore-hook-finds-nothing-here` on the same server, to see its page for what is not there.',
    ...groups.flatMap((group) => {
      const [title, says] = headings[group] ?? [];
      if (!title || !says) throw new Error(`scripts/docs/checks.ts has no heading for ${group}.`);
      const own = listed.filter((check) => check.group === group);
      return [
        '',
        `## ${title}`,
        '',
        says,
        '',
        ...table(
          ['check', 'suite', 'looks at', 'sends'],
          own.map(({ id, suite, title: about, sends, harmless }) => {
            return [code(id), suite, about, `${sends}${harmless ? '' : ' (events)'}`];
          }),
        ),
      ];
    }),
    '',
  ].join('\n');
}
