import type { AlertTarget } from '../alerts/url-channel.js';
import type { SilenceLimit } from '../call/daily-hours.js';
import type { CommandContext, CommandInput } from '../cli/command.js';
import type { alerts } from '../cli/options/alerting.js';
import type { OptionValues } from '../cli/options/option.js';
import { problem } from '../problems/problem.js';
import {
  alertAgent,
  type ChannelOptions,
  channelMissing,
  hasChannel,
  readChannelOptions,
} from './alert-channels.js';

/** Where alerts are sent, and their limits. Times are in milliseconds. */
export interface AlertOptions {
  readonly channels: ChannelOptions;
  readonly every: number;
  readonly age: number;
  /** Undefined: silence is not watched. */
  readonly silence: SilenceLimit | undefined;
  /** Whether refused calls that do not come from the panel raise alerts. */
  readonly refused: boolean;
  readonly heartbeat: HeartbeatTarget | undefined;
  /** Sends a test alert instead of running. */
  readonly test: boolean;
}

interface HeartbeatTarget {
  readonly target: AlertTarget;
  readonly every: number;
}

export type AlertInput = CommandInput<OptionValues<{ readonly alerts: typeof alerts }>>;

/** Undefined: nothing is watched, and no alerts are sent. `always`: watches for metrics. */
export async function readAlertOptions(
  input: AlertInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
  always: boolean,
): Promise<AlertOptions | undefined> {
  const { options, from } = input;
  const { heartbeatUrl, alertSilence: silence, alertTest: test } = options;
  const channels = await readChannelOptions(input, context, warn);
  const lacking = lackingCondition(input, channels);
  if (lacking !== undefined) throw channelMissing(lacking);
  if (heartbeatUrl === undefined && from('heartbeatEvery').kind === 'flag') {
    throw problem('usage', {
      message: '--heartbeat-every requires --heartbeat-url.',
      hint: 'Add the URL that your monitoring service expects requests at.',
    });
  }
  const watches = hasChannel(channels) || heartbeatUrl !== undefined || silence !== undefined;
  if (!watches && !always) return undefined;
  return {
    channels,
    every: options.alertEvery,
    age: options.alertAge,
    silence,
    refused: options.alertRefused,
    heartbeat: heartbeatUrl && {
      target: {
        url: heartbeatUrl.url,
        credentials: heartbeatUrl.credentials,
        userAgent: alertAgent(),
      },
      every: options.heartbeatEvery,
    },
    test,
  };
}

/** The option of a condition that was typed without a channel. `status` shows silence without one. */
function lackingCondition(
  { options, from }: AlertInput,
  channels: ChannelOptions,
): string | undefined {
  if (hasChannel(channels)) return undefined;
  if (options.alertTest && options.heartbeatUrl === undefined) return '--alert-test';
  if (from('alertAge').kind === 'flag' && options.heartbeatUrl === undefined) return '--alert-age';
  const dependent = ['alertEvery', 'alertRefused'] as const;
  const typed = dependent.find((attribute) => from(attribute).kind === 'flag');
  return typed && from(typed).name;
}
