import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AlertChannel } from '../alerts/alerts.js';
import { commandChannel } from '../alerts/command-channel.js';
import { type EmailOptions, emailChannel, type SmtpServer } from '../alerts/email-channel.js';
import { type AlertFormat, formatOf, needsKey } from '../alerts/url-bodies.js';
import { urlChannel } from '../alerts/url-channel.js';
import { isLoopback } from '../call/addresses.js';
import type { Sender } from '../call/attempt.js';
import { createSender } from '../call/send.js';
import type { CommandContext, CommandInput } from '../cli/command.js';
import { readTextFile } from '../cli/input.js';
import { type alertChannels, readSmtpUrl } from '../cli/options/alerting.js';
import type { OptionValues } from '../cli/options/option.js';
import { type Credentials, percentDecoded } from '../cli/options/values.js';
import type { Host } from '../host.js';
import { type Problem, problem } from '../problems/problem.js';
import { readVersion } from '../version.js';

/** Where alerts are sent. Undefined: not there. */
export interface ChannelOptions {
  readonly command: string | undefined;
  readonly url: AlertUrl | undefined;
  readonly email: EmailOptions | undefined;
}

interface AlertUrl {
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly format: AlertFormat;
}

type ChannelInput = CommandInput<OptionValues<{ readonly channels: typeof alertChannels }>>;
type Warn = (code: string, message: string) => void;

/** Reads passwords from files. Throws a problem for options that contradict each other. */
export async function readChannelOptions(
  input: ChannelInput,
  context: CommandContext,
  warn: Warn,
): Promise<ChannelOptions> {
  refuseLacking(input);
  const { alertCommand: command, alertUrl } = input.options;
  return {
    command,
    url: alertUrl && readAlertUrl(input, alertUrl),
    email: await readEmailOptions(input, context, warn),
  };
}

export function hasChannel({ command, url, email }: ChannelOptions): boolean {
  return command !== undefined || url !== undefined || email !== undefined;
}

/** The channels' options, like `--alert-email`. */
export function channelNames({ command, url, email }: ChannelOptions): string[] {
  return [
    ...(email ? ['--alert-email'] : []),
    ...(url ? ['--alert-url'] : []),
    ...(command === undefined ? [] : ['--alert-command']),
  ];
}

/** Refuses options of a channel that is not there. */
function refuseLacking({ options, from }: ChannelInput): void {
  const typed = (attribute: keyof typeof options) => from(attribute).kind === 'flag';
  const byEmail = (['smtp', 'smtpPassword', 'smtpFrom'] as const).find(typed);
  if (byEmail && options.alertEmail.length === 0) {
    throw problem('usage', {
      message: `${from(byEmail).name} requires --alert-email.`,
      hint: 'Add the addresses: --alert-email asha@example.com',
    });
  }
  if (options.alertUrl !== undefined || !typed('alertFormat')) return;
  throw problem('usage', {
    message: '--alert-format requires --alert-url.',
    hint: 'Add the URL of the receiver.',
  });
}

/** The problem of an option without a channel. */
export function channelMissing(option: string): Problem {
  return problem('usage', {
    message: `${option} requires an alert channel.`,
    hint: 'Add --alert-email, --alert-url or --alert-command.',
  });
}

function readAlertUrl(
  { options }: ChannelInput,
  { url, credentials }: NonNullable<ChannelInput['options']['alertUrl']>,
): AlertUrl {
  const format = options.alertFormat ?? formatOf(url);
  if (needsKey(format) && !credentials?.user) {
    throw problem('usage', {
      message: `--alert-url for ${format} requires a key as its user name.`,
      hint: `Write it like https://KEY@${url.host}${format === 'pagerduty' ? '/v2/enqueue' : '/v2/alerts'}`,
    });
  }
  return { url, credentials, format };
}

async function readEmailOptions(
  { options, from }: ChannelInput,
  context: CommandContext,
  warn: Warn,
): Promise<EmailOptions | undefined> {
  const { alertEmail: to, smtp, smtpPassword, smtpFrom } = options;
  if (to.length === 0) return undefined;
  if (smtp === undefined) {
    throw problem('usage', {
      message: '--alert-email requires a mail server.',
      hint: 'Add --smtp smtps://user@mail.example.com, or set NETCORE_HOOK_SMTP.',
    });
  }
  const { name, value } = smtp;
  const text = value.startsWith('@') ? await readSecretFile(value.slice(1), context, warn) : value;
  const url = readSmtpUrl(name, text);
  const password = smtpPassword?.startsWith('@')
    ? await readSecretFile(smtpPassword.slice(1), context, warn)
    : smtpPassword;
  const server = smtpServerAt(url, password);
  if (server.user !== undefined && server.password === undefined) {
    throw problem('usage', {
      message: `The password of "${server.user}" at ${url.host} is missing.`,
      hint: 'Set NETCORE_HOOK_SMTP_PASSWORD, or pass --smtp-password @file.',
    });
  }
  if (server.user === undefined && from('smtpPassword').kind === 'flag') {
    throw problem('usage', {
      message: '--smtp-password requires a user in --smtp.',
      hint: 'Write it like --smtp smtps://user@mail.example.com.',
    });
  }
  return { to, from: smtpFrom ?? senderAt(server, context.host), server };
}

/** `password`: for a URL that has none. */
function smtpServerAt(url: URL, password: string | undefined): SmtpServer {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol.toLowerCase() === 'smtps:';
  const isHere = isLoopback(host);
  // A relay on this machine has the classic port.
  const defaultPort = secure ? 465 : isHere ? 25 : 587;
  return {
    host,
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: secure ? 'at once' : isHere ? 'if offered' : 'required',
    user: url.username === '' ? undefined : percentDecoded(url.username),
    password: url.password === '' ? password : percentDecoded(url.password),
  };
}

function senderAt({ user }: SmtpServer, host: Host): string {
  return user?.includes('@') ? user : `netcore-hook@${machineName(host)}`;
}

/** As alerts name this machine. */
export function machineName({ process: { host } }: Host): string {
  return host || 'localhost';
}

/** The first line of a file. Warns when other users may read it. */
async function readSecretFile(name: string, { host }: CommandContext, warn: Warn): Promise<string> {
  const path = resolve(host.cwd, name);
  const [line = ''] = (await readTextFile(path)).replace(/^\ufeff/, '').split(/\r\n?|\n/);
  if (host.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0) {
    warn('credentials_readable', `Other users can read ${path}. Try: chmod 600 ${path}`);
  }
  if (line.trim() !== '') return line.trim();
  throw problem('usage', {
    message: `The file ${path} is empty.`,
    hint: 'Write the value into its first line.',
  });
}

/** Opened channels. */
export interface OpenChannels {
  readonly channels: readonly AlertChannel[];
  /** For alerts only, so that they do not wait behind calls. */
  readonly sender: Sender;
}

const sendTimeoutMs = 10_000;

/** The caller closes the sender. */
export function openChannels({ command, url, email }: ChannelOptions, host: Host): OpenChannels {
  const sender = createSender({ timeout: sendTimeoutMs, connections: 2, insecure: false });
  const channels: AlertChannel[] = [];
  if (email) channels.push(emailChannel(email, machineName(host)));
  if (url) channels.push(urlChannel({ ...url, userAgent: alertAgent() }, url.format, sender));
  if (command !== undefined) channels.push(commandChannel(command, host));
  return { channels, sender };
}

/** The user agent of requests to alert receivers. */
export function alertAgent(): string {
  return `netcore-hook/${readVersion()}`;
}
