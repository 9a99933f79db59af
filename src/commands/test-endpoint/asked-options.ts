import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { duration, longestTimer } from '../../cli/option-values.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import type { Soak } from '../../readiness/endurance/soak-record.js';
import type { Burst } from '../../readiness/load/burst.js';
import { reportExtension, reportExtensions } from '../../readiness/reports/write-report.js';
import { mostConcurrent } from '../send-calls.js';
import { soakStatePath } from './soak-state.js';

/** What runs only when its option asks for it, and what becomes of the results. */
export interface AskedOptions {
  readonly burst: Burst | undefined;
  readonly soak: SoakOptions | undefined;
  /** Absolute paths with an extension that a report has. */
  readonly reports: readonly string[];
  /** A warning counts as a failure. */
  readonly strict: boolean;
}

interface SoakOptions {
  readonly soak: Soak;
  /** Those of the samples, as typed. */
  readonly channels: readonly string[];
  /** Samples instead of empty bodies. */
  readonly withSamples: boolean;
  /** Absolute. */
  readonly state: string;
  readonly alertCommand: string | undefined;
}

interface Typed {
  readonly burst?: string;
  readonly soak?: string;
  readonly every?: string;
  readonly state?: string;
  readonly alertCommand?: string;
  readonly channel?: readonly string[];
  readonly report?: readonly string[];
  readonly failOn: 'failure' | 'warning';
}

export async function readAskedOptions(
  options: CommandInput['options'],
  url: URL,
  context: CommandContext,
): Promise<AskedOptions> {
  const typed = options as unknown as Typed;
  return {
    burst: typed.burst === undefined ? undefined : readBurst(typed.burst),
    soak: readSoak(typed, url, context),
    reports: await readReports(typed.report ?? [], context),
    strict: typed.failOn === 'warning',
  };
}

function readBurst(value: string): Burst {
  const [, atOnce = '', lasts = ''] = /^(\d+)x(.+)$/i.exec(value) ?? [];
  const count = Number(atOnce);
  if (count < 1 || count > mostConcurrent) {
    throw problem('invalid_value', {
      what: '--burst',
      value,
      reason:
        atOnce === '' ? 'it is not NxD' : `1 to ${mostConcurrent} calls at a time can be sent`,
      hint: 'Write it like 20x5s: 20 calls at a time, for 5 seconds.',
    });
  }
  return { atOnce: count, lasts: Math.max(1, duration('--burst', lasts, longestTimer)) };
}

function readSoak(typed: Typed, url: URL, context: CommandContext): SoakOptions | undefined {
  const { soak: lasts, every, state, alertCommand, channel } = typed;
  if (lasts === undefined) {
    const [alone] = Object.entries({
      '--every': every,
      '--state': state,
      '--alert-command': alertCommand,
    }).find(([, value]) => value !== undefined) ?? [undefined];
    if (alone === undefined) return undefined;
    throw problem('usage', {
      message: `${alone} says how --soak goes, which is not given.`,
      hint: 'Try: --soak 24h',
    });
  }
  const soak: Soak = {
    lasts: Math.max(1, duration('--soak', lasts)),
    every: Math.max(1, duration('--every', every ?? '1m', longestTimer)),
  };
  const channels = channel ?? [];
  return {
    ...{ soak, channels },
    withSamples: channel !== undefined,
    state:
      state === undefined
        ? soakStatePath({ url, soak, channels }, context)
        : resolve(context.host.cwd, state),
    alertCommand,
  };
}

/** What could not be written in the end is said before anything is sent. */
async function readReports(
  typed: readonly string[],
  { host }: CommandContext,
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const value of typed) {
    if (reportExtension(value) === undefined) {
      throw problem('report_unknown', { path: value, extensions: reportExtensions });
    }
    const path = resolve(host.cwd, value);
    try {
      await access(dirname(path), constants.W_OK);
    } catch (error) {
      throw problem('file_not_written', { path, reason: plainReason(error) }, error);
    }
    paths.push(path);
  }
  return paths;
}
