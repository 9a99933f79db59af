import { catalogue } from '../../src/problems/catalogue.js';
import { type ExitName, exitCodes } from '../../src/problems/exit-codes.js';
import { problem } from '../../src/problems/problem.js';
import { table } from './markdown.js';
import { problemExamples } from './problem-examples.js';
import { warnings } from './warnings.js';

type Code = keyof typeof catalogue;

/** docs/problems.md: every code with an example of its words, its cause and its cure. */
export function writeProblems(): string {
  const codes = (Object.keys(catalogue) as Code[]).sort();
  return [
    '# Problems',
    '',
    'Written by `npm run docs` from the catalogue in the code. What goes wrong is said in three lines: what',
    'happened, what to do, and a code, which never changes. With `--json` it is one line on stderr:',
    '',
    '```json',
    '{"schema":1,"type":"problem","code":"port_in_use","message":"…","hint":"…","exit":3}',
    '```',
    '',
    'Here each code has an example of its message and hint, and what may be behind it. Names and numbers are',
    'examples. A process that ends with a problem exits with the number of its kind:',
    '',
    ...table(
      ['exit', 'codes'],
      (Object.keys(exitCodes) as ExitName[]).flatMap((name) => {
        const own = codes.filter((code) => catalogue[code].exit === name);
        if (own.length === 0) return [];
        return [[String(exitCodes[name].code), own.map((code) => `[${code}](#${code})`).join(' ')]];
      }),
    ),
    ...codes.flatMap((code) => ['', ...section(code)]),
    '',
    '## Warnings',
    '',
    'A warning ends nothing: it is said on stderr, with `--json` as',
    '`{"schema":1,"type":"warning","code":"…","message":"…"}`, and those of a paste stand with its payload, too.',
    '',
    ...table(
      ['code', 'what it says'],
      Object.entries(warnings).map(([code, says]) => [`\`${code}\``, says]),
    ),
    '',
  ].join('\n');
}

function section(code: Code): string[] {
  const [args, cause] = problemExamples[code];
  const { message, hint, exit } = problem(code, (args ?? {}) as never);
  return [
    `## ${code}`,
    '',
    '```',
    `error  ${message}`,
    `       ${hint}`,
    '```',
    '',
    `${cause} Exit code ${exit}.`,
  ];
}
