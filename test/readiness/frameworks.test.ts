import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { starterIds } from '../../src/cli/options/starting.js';
import type { FindingCode } from '../../src/readiness/findings.js';
import { remedies } from '../../src/readiness/frameworks/find-snippet.js';
import { frameworkIds } from '../../src/readiness/frameworks/framework.js';
import { frameworks } from '../../src/readiness/frameworks/frameworks.js';
import { findingsOf } from '../helpers/findings.js';
import { startNginx } from '../helpers/receivers.js';
import { run } from '../helpers/run.js';
import {
  type RunStarterId,
  replaceIn,
  runStarterIds,
  startAuth,
  startStarter,
  writeStarter,
} from '../helpers/starters.js';
import type { FaultyStarter } from './faulty-starters/faults.js';
import { go } from './faulty-starters/go.js';
import { express, fastify, node } from './faulty-starters/javascript.js';
import { nginxFaults } from './faulty-starters/nginx.js';
import { php } from './faulty-starters/php.js';
import { django, fastapi, flask } from './faulty-starters/python.js';

const faultyStarters: Readonly<Record<RunStarterId, readonly FaultyStarter[]>> = {
  node,
  express,
  fastify,
  flask,
  django,
  fastapi,
  php,
  go,
};

/** Whether the paragraphs of a snippet stand in these files, wherever they are indented to. */
function hold(texts: readonly string[], snippet: string): boolean {
  const flat = (lines: string) => `\n${lines.replace(/^[ \t]+|[ \t]+$/gm, '')}\n`;
  return snippet
    .split('\n\n')
    .every((paragraph) => texts.some((text) => flat(text).includes(flat(paragraph))));
}

function textsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
}

/** Every finding for which the framework has a snippet. */
function mendedCodes(id: RunStarterId | 'nginx'): FindingCode[] {
  const codes = Object.entries(remedies).flatMap(([code, remedy]) =>
    frameworks[id].snippets[remedy] === undefined ? [] : [code as FindingCode],
  );
  return codes;
}

test.each(starterIds)('the snippets for %s are parts of its starter', async (id) => {
  const texts = textsOf(await writeStarter(id));
  for (const [remedy, snippet] of Object.entries(frameworks[id].snippets)) {
    expect(hold(texts, snippet), `${remedy}: ${snippet}`).toBe(true);
  }
});

describe.each(runStarterIds)('the snippets for %s', (id) => {
  test('mend every finding that they are shown for', () => {
    const covered = faultyStarters[id].flatMap(({ faults }) =>
      faults.flatMap(({ codes }) => codes),
    );
    // Django answers 400 to a body that is too large.
    const wanted = mendedCodes(id).filter((code) => id !== 'django' || code !== 'body_too_large');
    expect(new Set(covered)).toEqual(new Set(wanted));
  });

  // What is replaced here stands in the starter and in the snippet. So putting the snippet back
  // gives the starter, which has no finding: test/starters/run.test.ts.
  test.each(faultyStarters[id])('mend a receiver that $name', async ({ faults, runs }) => {
    const folder = await writeStarter(id);
    for (const { file, from, to } of faults) replaceIn(folder, file, from, to);
    const { url } = await startStarter(id, folder);
    const found = [];
    for (const { options, auth = startAuth, isNamed } of runs) {
      // Nothing reveals a server without a framework.
      const named = id === 'node' || isNamed ? ['--framework', id] : [];
      found.push(...(await findingsOf(url, [...options, ...named], auth ?? undefined)));
    }
    for (const { from, codes } of faults) {
      for (const code of codes) {
        const finding = found.find((each) => each.code === code);
        expect(finding, `${code}: ${JSON.stringify(found)}`).toMatchObject({
          framework: id,
          tested: true,
        });
        for (const line of from.trim().split('\n')) {
          expect(finding?.snippet, code).toContain(line.trim());
        }
      }
    }
  });
});

describe('the snippets for nginx', () => {
  test('mend every finding that they are shown for', () => {
    const covered = nginxFaults.flatMap(({ codes }) => codes);
    expect(new Set(covered)).toEqual(new Set(mendedCodes('nginx')));
  });

  test.each(nginxFaults)('mend locations that cause $codes', async ({ codes, broken, options }) => {
    const behind = await startStarter('node', await writeStarter('node'));
    const mended = frameworks.nginx.snippets.route!.replace(':3000', `:${behind.port}`);
    const at = (locations: string) => locations.replace(':3000', `:${behind.port}`);
    const found = await findingsOf(await startNginx(at(broken)), options, startAuth);
    for (const code of codes) {
      const finding = found.find((each) => each.code === code);
      expect(finding, JSON.stringify(found)).toMatchObject({ framework: 'nginx', tested: true });
      expect(mended).toContain(finding?.snippet?.replace(':3000', `:${behind.port}`));
    }
    const left = await findingsOf(await startNginx(mended), options, startAuth);
    expect(left.filter(({ code }) => codes.includes(code as FindingCode))).toEqual([]);
  });
});

test('only snippets of receivers that tests run are called tested', () => {
  const tested = frameworkIds.filter((id) => frameworks[id].tested);
  expect([...tested].sort()).toEqual([...starterIds, 'nginx'].sort());
});

test('shows the snippets of a framework that is named, and says when they were not tried', async () => {
  const folder = await writeStarter('express');
  replaceIn(folder, 'server.js', 'response.sendStatus(200)', 'response.sendStatus(201)');
  const { url } = await startStarter('express', folder);
  const words = ['test-endpoint', url.href, '--auth', startAuth, '--only', 'sample'];
  const { out } = await run([...words, '--framework', 'laravel']);
  expect(out).toContain('        In Laravel, not tried on a running server:\n');
  expect(out).toContain('  WorkOnEvents::dispatch($panels); // a job of your queue');
});
