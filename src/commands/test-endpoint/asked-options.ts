import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CommandContext } from '../../cli/command.js';
import {
  type ChannelOptions,
  channelMissing,
  hasChannel,
  readChannelOptions,
} from '../../forwarding/alert-channels.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import type { Soak } from '../../readiness/endurance/soak-record.js';
import type { Burst } from '../../readiness/load/burst.js';
import { reportExtension, reportExtensions } from '../../readiness/reports/write-report.js';
import type { TestEndpointInput } from './input.js';
import { prepareFailuresFolder } from './save-failures.js';
import { soakStatePath } from './soak-state.js';

/** Options of separately requested checks and of their results. */
export interface AskedOptions {
  readonly burst: Burst | undefined;
  readonly soak: SoakOptions | undefined;
  /** Absolute paths with a supported extension. */
  readonly reports: readonly string[];
  /** Absolute path of the folder for failed calls. */
  readonly failures: string | undefined;
  /** A warning counts as a failure. */
  readonly strict: boolean;
}

interface SoakOptions {
  readonly soak: Soak;
  /** The channels of the samples, as typed. */
  readonly channels: readonly string[];
  /** Samples instead of empty bodies. */
  readonly withSamples: boolean;
  /** Absolute. */
  readonly state: string;
  readonly alerts: ChannelOptions;
  /** Milliseconds in which at most one alert of a kind is sent. */
  readonly alertEvery: number;
}

export async function readAskedOptions(
  input: TestEndpointInput,
  url: URL,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<AskedOptions> {
  const { burst, report, saveFailures, failOn } = input.options;
  return {
    burst,
    soak: await readSoak(input, url, context, warn),
    reports: await readReports(report, context),
    failures: await readFailures(saveFailures, context),
    strict: failOn === 'warning',
  };
}

const dependent = [
  'every',
  'state',
  'alertEmail',
  'smtp',
  'smtpPassword',
  'smtpFrom',
  'alertUrl',
  'alertFormat',
  'alertCommand',
  'alertEvery',
] as const;

async function readSoak(
  input: TestEndpointInput,
  url: URL,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<SoakOptions | undefined> {
  const { options, from } = input;
  const { soak: lasts, every, state, alertEvery, channel: channels } = options;
  if (lasts === undefined) {
    const about = dependent.map(from);
    const alone = about.find(({ kind }) => kind === 'flag');
    if (alone === undefined) return undefined;
    throw problem('usage', {
      message: `${alone.name} requires --soak.`,
      hint: 'Try: --soak 24h',
    });
  }
  const alerts = await readChannelOptions(input, context, warn);
  if (from('alertEvery').kind === 'flag' && !hasChannel(alerts)) {
    throw channelMissing('--alert-every');
  }
  const soak: Soak = { durationMs: Math.max(1, lasts), intervalMs: Math.max(1, every) };
  return {
    ...{ soak, channels },
    withSamples: channels.length > 0,
    state:
      state === undefined
        ? soakStatePath({ url, soak, channels }, context)
        : resolve(context.host.cwd, state),
    alerts,
    alertEvery,
  };
}

async function readFailures(
  typed: string | undefined,
  { host }: CommandContext,
): Promise<string | undefined> {
  if (typed === undefined) return undefined;
  const folder = resolve(host.cwd, typed);
  await prepareFailuresFolder(folder);
  return folder;
}

/** Checks before the run that the reports can be written. */
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
