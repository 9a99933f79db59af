import { constants } from 'node:fs';
import { access, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FailuresNotice } from '../../output/notice.js';
import { visible, visibleBlock } from '../../output/safe.js';
import { Problem, problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';
import { type CallSettings, repeatCommand } from '../../readiness/failed-call.js';
import { describeFinding, outcomeOf } from '../../readiness/findings.js';
import type { CheckResult } from '../../readiness/run-checks.js';
import type { SentCall } from '../../readiness/sent-call.js';
import { createWholeFile, replaceFile } from '../../replace-file.js';

/** Lists the files of a run, so that the next one replaces just these. */
const manifestName = 'failures.json';

interface Manifest {
  readonly schema: 1;
  readonly type: 'failures';
  /** `files`: the names of the command, the body and the answer. */
  readonly calls: readonly {
    readonly check: string;
    readonly code: string;
    readonly what: string;
    readonly status: number | null;
    readonly files: readonly string[];
  }[];
}

/** The names that a manifest may list. */
const ownName = /^[a-z_]+-\d+\.(?:sh|body|answer)$/;

/**
 * Checks before a run that a folder can hold its failed calls: it is missing, empty, or holds those of
 * an earlier run. Rejects with a problem.
 */
export async function prepareFailuresFolder(folder: string): Promise<void> {
  try {
    const found = await readdir(folder).catch((error) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    await access(found ? folder : dirname(folder), constants.W_OK | constants.X_OK);
    if (!found || found.length === 0 || (await readManifest(folder))) return;
  } catch (error) {
    throw notWritten(folder, error);
  }
  throw problem('usage', {
    message: `--save-failures writes to a folder of its own, and ${folder} contains other files.`,
    hint: 'Name a new or empty folder: --save-failures ./failures',
  });
}

export interface SavedRun {
  readonly results: readonly CheckResult[];
  readonly settings: CallSettings;
  readonly conceal: (text: string) => string;
}

/**
 * Writes a command, a body and an answer for each failed call, and removes those of the run before.
 * Only their owner can read them. Rejects with a problem.
 */
export async function saveFailures(
  folder: string,
  { results, settings, conceal }: SavedRun,
): Promise<FailuresNotice> {
  try {
    await mkdir(folder, { mode: 0o700 }).catch(async (error) => {
      if (errorCode(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    });
    const before = await readManifest(folder);
    for (const name of before?.calls.flatMap(({ files }) => files) ?? []) {
      if (ownName.test(name)) await rm(join(folder, name), { force: true });
    }
    const calls: Manifest['calls'][number][] = [];
    for (const { check, findings } of results) {
      let count = 0;
      for (const found of findings.filter((each) => outcomeOf(each) !== 'skip')) {
        const { code, message } = describeFinding(found);
        for (const sent of found.calls ?? []) {
          count += 1;
          const stem = `${check.id}-${count}`;
          const about = conceal(`${check.id}, ${code}: ${message}`);
          const files = await writeCall(folder, stem, { sent, about, settings, conceal });
          const status = sent.kind === 'answered' ? sent.status : null;
          calls.push({ check: check.id, code, what: sent.what, status, files });
        }
      }
    }
    const manifest: Manifest = { schema: 1, type: 'failures', calls };
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    await replaceFile(join(folder, manifestName), text, 0o600);
    const failed = results.find(({ outcome }) => outcome === 'fail')?.check.id;
    const call = calls.find(({ check }) => check === failed) ?? calls[0];
    const script = call?.files[0];
    return {
      ...{ type: 'failures', folder, calls: calls.length },
      script: script === undefined ? null : join(folder, script),
    };
  } catch (error) {
    throw notWritten(folder, error);
  }
}

interface SavedCall extends Omit<SavedRun, 'results'> {
  readonly sent: SentCall;
  /** The finding, in words. */
  readonly about: string;
}

async function writeCall(
  folder: string,
  stem: string,
  { sent, about, settings, conceal }: SavedCall,
): Promise<readonly string[]> {
  const names = { script: `${stem}.sh`, body: `${stem}.body`, answer: `${stem}.answer` };
  const { curl, variables } = repeatCommand(sent, settings, names.body);
  const needed = Object.entries(variables).map(
    ([name, meaning]) => `: "\${${name}:?Set it to ${meaning}.}"\n`,
  );
  const script = `#!/usr/bin/env bash
# ${visible(about)}
# ${visible(sent.what)}
${needed.join('')}cd "$(dirname "\${BASH_SOURCE[0]}")" || exit
${curl}
`;
  await createWholeFile(join(folder, names.script), script, 0o700);
  await createWholeFile(join(folder, names.body), sent.call.body);
  await createWholeFile(join(folder, names.answer), visibleBlock(conceal(answerText(sent))));
  return [names.script, names.body, names.answer];
}

/** The head and the beginning of the body, as curl prints them. */
function answerText(sent: SentCall): string {
  if (sent.kind === 'failed') return `${sent.reason}\n`;
  const head = sent.headers.map(([name, value]) => {
    // A cookie may be a login.
    return `${name}: ${/^set-cookie$/i.test(name) ? value.replace(/=.*/s, '=…') : value}\n`;
  });
  const text = new TextDecoder().decode(sent.body).replaceAll('\r\n', '\n');
  const more = sent.bytes > sent.body.length ? `…\n(${sent.bytes} bytes)\n` : '';
  return `HTTP ${sent.status}\n${head.join('')}\n${text}${more}`;
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const read: Manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    return read.type === 'failures' && read.calls.every(({ files }) => Array.isArray(files))
      ? read
      : undefined;
  } catch {
    return undefined;
  }
}

function notWritten(path: string, error: unknown): Problem {
  if (error instanceof Problem) return error;
  return problem('file_not_written', { path, reason: plainReason(error) }, error);
}
