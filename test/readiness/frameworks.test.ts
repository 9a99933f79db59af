import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { frameworkIds } from '../../src/readiness/frameworks/framework.js';
import { frameworks } from '../../src/readiness/frameworks/frameworks.js';
import { type RunFramework, receiverFile, startReceiver } from '../helpers/receivers.js';
import { run } from '../helpers/run.js';

interface CheckLine {
  readonly type: string;
  readonly id: string;
  readonly findings?: readonly {
    readonly code: string;
    readonly message: string;
    readonly framework?: string;
    readonly tested?: boolean;
    readonly snippet?: string;
  }[];
}

async function findingsAt(url: URL, options: readonly string[]) {
  const words = ['test-endpoint', url.href, '--auth', 'netcore:secret', '--json', ...options];
  const { out, err } = await run(words);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CheckLine);
  expect(err).toBe('');
  return lines
    .filter(({ type }) => type === 'check')
    .flatMap(({ id, findings = [] }) => findings.map((each) => ({ check: id, ...each })));
}

/** What the program that runs a receiver in tests does, and not the receiver. */
const ofTheServer: Readonly<Partial<Record<RunFramework, readonly string[]>>> = {
  php: ['expect_ignored'],
  flask: ['expect_ignored'],
  django: ['expect_ignored'],
};

const skipped = ['not_https', 'not_run'];

const proofs: Readonly<
  Record<
    RunFramework,
    {
      readonly mended: readonly string[];
      readonly flaws: readonly (readonly [flaw: string, check: string, code: string])[];
    }
  >
> = {
  express: {
    mended: ['mended.js'],
    flaws: [
      ['created', 'sample', 'not_exactly_200'],
      ['limit', 'batch_size', 'body_too_large'],
      ['form', 'sample', 'server_failed'],
      ['panel', 'sample', 'server_failed'],
      ['slow', 'answer_time', 'slow_answer'],
      ['route', 'sample', 'not_found'],
      ['redirect', 'redirect', 'redirected'],
      ['bearer', 'credentials', 'authentication_not_basic'],
      ['open', 'protection', 'open_to_everybody'],
    ],
  },
  fastify: {
    mended: ['mended.js'],
    flaws: [
      ['created', 'sample', 'not_exactly_200'],
      ['limit', 'batch_size', 'body_too_large'],
      ['form', 'sample', 'content_type_refused'],
      ['slow', 'answer_time', 'slow_answer'],
      ['route', 'sample', 'not_found'],
      ['open', 'protection', 'open_to_everybody'],
    ],
  },
  flask: {
    mended: ['mended.py'],
    flaws: [
      ['created', 'sample', 'not_exactly_200'],
      ['limit', 'batch_size', 'body_too_large'],
      ['form', 'sample', 'content_type_refused'],
      ['panel', 'sample', 'server_failed'],
      ['slow', 'answer_time', 'slow_answer'],
      ['route', 'sample', 'not_found'],
      ['slash', 'redirect', 'redirected'],
      ['open', 'protection', 'open_to_everybody'],
    ],
  },
  django: {
    mended: ['mended.py'],
    flaws: [
      ['created', 'sample', 'not_exactly_200'],
      ['limit', 'batch_size', 'body_refused'],
      ['panel', 'sample', 'server_failed'],
      ['csrf', 'credentials', 'forbidden'],
      ['slow', 'answer_time', 'slow_answer'],
      ['route', 'sample', 'not_found'],
      ['slash', 'redirect', 'redirected'],
      ['open', 'protection', 'open_to_everybody'],
    ],
  },
  php: {
    mended: ['mended.php', 'php.ini'],
    flaws: [
      ['created', 'sample', 'not_exactly_200'],
      ['limit', 'batch_size', 'body_too_large'],
      ['form', 'sample', 'content_type_refused'],
      ['panel', 'sample', 'server_failed'],
      ['slow', 'answer_time', 'slow_answer'],
      ['open', 'protection', 'open_to_everybody'],
    ],
  },
  go: {
    mended: ['mended.go'],
    flaws: [
      ['created', 'sample', 'not_exactly_200'],
      ['limit', 'batch_size', 'body_too_large'],
      ['form', 'sample', 'content_type_refused'],
      ['slow', 'answer_time', 'slow_answer'],
      ['route', 'sample', 'not_found'],
      ['slash', 'redirect', 'redirected'],
      ['open', 'protection', 'open_to_everybody'],
    ],
  },
  nginx: {
    mended: ['mended.conf'],
    flaws: [
      ['limit', 'batch_size', 'body_too_large'],
      ['redirected', 'redirect', 'redirected'],
      ['dead', 'sample', 'gateway_failed'],
      ['static', 'sample', 'method_refused'],
    ],
  },
};

describe.each(Object.entries(proofs))('%s', (name, { mended, flaws }) => {
  const framework = name as RunFramework;

  test.each(flaws)(
    'is recognised by a receiver with the flaw "%s", which fails %s',
    async (flaw, check, code) => {
      const url = await startReceiver(framework, flaw);
      // The flaws of a proxy are paths of one server.
      if (framework === 'nginx' && flaw !== 'limit') url.pathname = `/${flaw}/hook`;
      const only = check === 'batch_size' ? 'sample,batch_size' : check;
      const found = await findingsAt(url, ['--only', only]);
      const finding = found.find((each) => each.code === code && each.check === check);
      expect(finding, JSON.stringify(found)).toMatchObject({ framework, tested: true });
      expect(finding?.snippet).toBeTypeOf('string');
    },
  );

  test('is ready once it is mended with the snippets', async () => {
    const source = mended.map((file) => readFileSync(receiverFile(framework, file), 'utf8'));
    for (const [remedy, snippet] of Object.entries(frameworks[framework].snippets)) {
      expect(
        source.some((text) => holds(text, snippet)),
        `${name}: ${remedy}`,
      ).toBe(true);
    }
    const url = await startReceiver(framework, undefined);
    const found = await findingsAt(url, ['--suite', 'full']);
    // How fast it answers is up to the machine.
    const known = [...skipped, 'slow_answer', ...(ofTheServer[framework] ?? [])];
    expect(found.filter(({ code }) => !known.includes(code))).toEqual([]);
  });
});

/** All lines of a snippet stand in a text, one after the other, wherever they are indented to. */
function holds(text: string, snippet: string): boolean {
  const flat = (lines: string) =>
    `\n${lines
      .split('\n')
      .map((line) => line.trim())
      .join('\n')}\n`;
  return flat(text).includes(flat(snippet));
}

test('calls tested just those frameworks whose receivers are run here', () => {
  const tested = frameworkIds.filter((id) => frameworks[id].tested);
  expect([...tested].sort()).toEqual(Object.keys(proofs).sort());
});

test('shows the snippets of a framework that is named, and says when they were not tried', async () => {
  const url = await startReceiver('express', 'created');
  const { out } = await run(['test-endpoint', url.href, '--only', 'sample', '--framework', 'nest']);
  expect(out).toContain('        In Nest, not tried on a running server:\n');
  expect(out).toContain(
    '          @HttpCode(200) // Nest answers 201 to a POST otherwise\n'.slice(8),
  );
});
