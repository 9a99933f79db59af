import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { binary } from '../helpers/process.js';
import { needPrograms } from '../helpers/programs.js';
import { nobodyThere } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const examples = fileURLToPath(new URL('../../docs/ci/', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Workflow {
  readonly jobs: {
    readonly webhook: {
      readonly env: Readonly<Record<string, string | number>>;
      readonly steps: readonly { readonly name?: string; readonly run?: string }[];
    };
  };
}

/** A project as the examples expect it: the handler, and this package where npm puts it. */
function project(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  symlinkSync(root, join(folder, 'node_modules', 'netcore-hook'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${binary}" "$@"\n`;
  writeFileSync(join(folder, 'node_modules', '.bin', 'netcore-hook'), program, { mode: 0o755 });
  copyFileSync(join(examples, 'handler.js'), join(folder, 'handler.js'));
  return folder;
}

/** Other ports than the examples', which may be taken here. */
async function freePorts() {
  const [{ port: PORT }, { port: LISTENER_PORT }] = [await nobodyThere(), await nobodyThere()];
  return { PORT, LISTENER_PORT, PASS_ON_TO: `http://127.0.0.1:${LISTENER_PORT}/` };
}

/** Runs a program to its end. What it leaves running ends with the test. */
function runIn(folder: string, words: readonly string[], env: Record<string, string>) {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, npm_config_offline: 'true', ...env },
  });
  onTestFinished(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  });
  let said = '';
  const take = (chunk: Buffer) => {
    said += chunk.toString('utf8');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise<{ exit: number | null; said: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve({ exit, said }));
  });
}

test('the steps of the example for GitHub Actions do what they say', {
  timeout: 60_000,
}, async () => {
  const [bash] = needPrograms('bash');
  const text = readFileSync(join(examples, 'github-actions.yml'), 'utf8');
  const { env, steps } = (parse(text) as Workflow).jobs.webhook;
  const given = Object.entries({ ...env, ...(await freePorts()) });
  const all = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
  const folder = project();
  const scripts = steps.flatMap(({ run, name = run }) =>
    run === undefined ? [] : [{ name, run }],
  );
  // All of them but the installation, which needs the registry.
  expect(scripts.map(({ name }) => name)).toEqual([
    'npm ci',
    'Start the handler',
    'The handler is ready for Netcore',
    'Every kind of event is answered 200',
    'An RCS click is passed on',
  ]);
  const outputs: string[] = [];
  for (const { name, run } of scripts.slice(1)) {
    // As GitHub runs a step whose shell is bash.
    const words = [bash, '--noprofile', '--norc', '-eo', 'pipefail', '-c', run];
    const { exit, said } = await runIn(folder, words, all);
    expect(exit, `${name}\n${said}`).toBe(0);
    outputs.push(said);
  }
  const [, ready, sent, passed] = outputs;
  expect(ready).toContain('Ready. 11 checks passed.');
  expect(sent).toContain('19 calls  19 × 200');
  expect(passed).toMatch(/200 {2}POST \/ {2}\d+ B {2}rcs click/);
  expect(readFileSync(join(folder, 'webhook.xml'), 'utf8')).toContain('<testsuites');
});

test('the example for any shell does so too, and fails when nothing is passed on', {
  timeout: 60_000,
}, async () => {
  const { PORT, LISTENER_PORT } = await freePorts();
  const env = { PORT, LISTENER_PORT };
  const script = readFileSync(join(examples, 'pipeline.sh'), 'utf8');
  const folder = project();
  const good = await runIn(folder, ['sh', '-c', script], env);
  expect(good.exit, good.said).toBe(0);
  expect(good.said).toContain('Stopped after 1 call: 1 × 200.');

  // A handler that answers 200 and does nothing else; the checks have been seen above.
  const broken = script
    .replace('export PASS_ON_TO="http', 'export PASS_ON_TO= UNUSED="http')
    .replace(/^npx netcore-hook (?:test-endpoint|send --channel all).*$/gm, '')
    .replace('--wait 30s', '--wait 2s');
  const bad = await runIn(folder, ['sh', '-c', broken], env);
  expect(bad.exit, bad.said).toBe(1);
  expect(bad.said).toContain('No matching call arrived within 2 s.');
});
