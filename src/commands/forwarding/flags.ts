import type { Command } from 'commander';
import { collect } from '../../cli/option-values.js';

/** The options of whoever forwards calls, as commander reads them. */
export interface TypedForwarding {
  readonly forwardTo?: string;
  readonly keepPath?: boolean;
  readonly forwardAuth?: string;
  readonly forwardChannel?: readonly string[];
  readonly forwardEvent?: readonly string[];
  readonly forwardPanel?: readonly string[];
  readonly forwardAll?: boolean;
  readonly forwardConcurrency?: string;
  readonly forwardRate?: string;
  readonly forwardTimeout?: string;
  readonly ordered?: boolean;
  readonly attempts?: string;
  readonly giveUpAfter?: string;
  readonly queue?: string;
}

/** The options of whoever tells when something is wrong. */
export interface TypedAlerts {
  readonly alertCommand?: string;
  readonly alertUrl?: string;
  readonly alertEvery?: string;
  readonly alertAge?: string;
  readonly alertSilence?: string;
}

/** Adds what says where calls are forwarded to, and how. Defaults stand in options.ts. */
export function addForwardingFlags(command: Command, heading = 'Forwarding:'): Command {
  return command
    .optionsGroup(heading)
    .option('-f, --forward-to <url>', 'forward every call there, again and again until it answers')
    .option('--keep-path', "append the call's own path and query to that URL")
    .option(
      '--forward-auth <user:pass>',
      'Basic credentials for it; "same": those of --auth; @file reads them (also NETCORE_HOOK_FORWARD_AUTH)',
    )
    .option(
      '--forward-channel <names>',
      'forward only calls with events of these channels',
      collect,
    )
    .option('--forward-event <names>', '… of these activities', collect)
    .option('--forward-panel <names>', '… of these panels', collect)
    .option('--forward-all', 'also forward requests that are not POSTs with data')
    .option('--forward-concurrency <number>', 'calls under way at a time (default: 4)')
    .option('--forward-rate <number>', 'calls a second, at most')
    .option('--forward-timeout <duration>', 'how long to wait for an answer (default: 15s)')
    .option('--ordered', 'keep the order of calls of the same panel')
    .option('--attempts <number>', 'give a call up after so many tries, whatever the reason')
    .option('--give-up-after <duration>', 'stop retrying a call after this long (default: 7d)');
}

export function addAlertFlags(command: Command, heading = 'Alerts:'): Command {
  return command
    .optionsGroup(heading)
    .option(
      '--alert-command <command>',
      'run this when a call is given up or not forwarded, the handler fails, the queue is late or calls stay away',
    )
    .option('--alert-url <url>', 'post the same there, as JSON')
    .option('--alert-every <duration>', 'at most one alert of a kind in this time (default: 15m)')
    .option('--alert-age <duration>', 'how old the queue may get (default: 5m)')
    .option('--alert-silence <duration>', 'how long no call may come');
}
