import { parseDailyHours, type SilenceLimit } from '../../call/daily-hours.js';
import { invisible } from '../../payload/invisible-characters.js';
import { problem } from '../../problems/problem.js';
import {
  choice,
  list,
  mapNamedFile,
  type Named,
  onOff,
  type TextKind,
  textOrFile,
  time,
  url,
  whole,
  words,
} from './kinds.js';
import type { OptionRow } from './option.js';
import { duration, withoutUserinfo } from './values.js';

const emailAddress: TextKind<string> = {
  ...words('asha@example.com'),
  parse(name, typed) {
    const reason = invisible.test(typed)
      ? 'it contains an invisible character'
      : /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/.test(typed)
        ? undefined
        : 'it is not an e-mail address';
    if (reason === undefined) return typed;
    throw problem('invalid_value', {
      what: name,
      value: typed,
      reason,
      hint: 'Write it like asha@example.com.',
    });
  },
  reaches: (text) => ({ host: text.replace(/^.*@/, '') }),
};

const smtpPattern = /^smtps?:\/\/[^/?#]/i;

/** The URL of a mail server, whose userinfo holds the login, or `@file` with that URL. */
const smtpServer: TextKind<Named> = {
  ...words('smtps://netcore@mail.example.com'),
  schema: { type: 'string', pattern: '^(@.+|[sS][mM][tT][pP][sS]?://[^/?#].*)$' },
  parse(name, typed) {
    if (/^@./.test(typed)) return { name, value: typed };
    readSmtpUrl(name, typed);
    return { name, value: typed };
  },
  refuse(name, written) {
    if (written.startsWith('@') || readSmtpUrl(name, written).password === '') return;
    throw problem('config_secret', {
      name,
      example: '{"env": "NETCORE_HOOK_SMTP"} or "@mail.smtp"',
    });
  },
  reaches: (text) =>
    text.startsWith('@') ? { file: text.slice(1) } : { host: readSmtpUrl('', text).hostname },
  mapPath: mapNamedFile,
  shown: (typed) => (typed.startsWith('@') ? typed : withoutUserinfo(typed)),
};

/** Throws a problem for anything but the URL of a mail server. The message has no login. */
export function readSmtpUrl(name: string, typed: string): URL {
  const found = smtpPattern.test(typed) && URL.canParse(typed) ? new URL(typed) : undefined;
  if (found && found.hostname !== '' && found.port !== '0') return found;
  throw problem('invalid_value', {
    what: name,
    value: withoutUserinfo(typed),
    reason: 'it is not the URL of a mail server',
    hint: 'Write it like smtps://user@mail.example.com, or smtp://user@mail.example.com:587 with STARTTLS.',
  });
}

const secret: TextKind<string> = {
  ...textOrFile,
  ...words('@smtp.password'),
  schema: { type: 'string', pattern: '^@.+$' },
  mapPath: mapNamedFile,
  refuse(name, written) {
    if (written.startsWith('@')) return;
    throw problem('config_secret', {
      name,
      example: '{"env": "NETCORE_HOOK_SMTP_PASSWORD"} or "@smtp.password"',
    });
  },
  reaches: (text) => (text.startsWith('@') ? { file: text.slice(1) } : undefined),
  shown: (typed) => (typed.startsWith('@') ? typed : '…'),
};

/** `30m`, or `30m@08:00-23:00`: only time within these local hours counts. */
const silenceLimit: TextKind<SilenceLimit> = {
  ...words('30m'),
  schema: {
    type: 'string',
    pattern: '^\\d*\\.?\\d+(ms|s|m|h|d)(@\\d{1,2}:\\d\\d-\\d{1,2}:\\d\\d)?$',
    examples: ['30m', '30m@08:00-23:00'],
  },
  parse(name, typed) {
    const [span = '', hoursText] = typed.split(/@(.*)/s);
    const ms = duration(name, span);
    const hours = hoursText === undefined ? undefined : parseDailyHours(hoursText);
    if (ms >= 1 && (hoursText === undefined) === (hours === undefined)) return { ms, hours };
    throw problem('invalid_value', {
      what: name,
      value: typed,
      reason: ms < 1 ? 'it must be more than 0' : `"${hoursText}" are no hours of a day`,
      hint: 'Write it like 30m, or 30m@08:00-23:00.',
    });
  },
};

const anyTime = { max: Number.MAX_SAFE_INTEGER };
const byEmail = ['alertEmail'] as const;

export const metricsPort = {
  flags: '--metrics-port <number>',
  kind: whole({ min: 0, max: 65_535 }, 9464),
  description:
    'serve Prometheus metrics at /metrics on this port of loopback; 0 selects a free one',
  key: 'metricsPort',
} as const satisfies OptionRow;

/** Where alerts go. */
export const alertChannels = {
  alertEmail: {
    flags: '--alert-email <addresses>',
    kind: list(emailAddress),
    description: 'send each alert to these addresses; requires --smtp',
    key: 'alertEmail',
  },
  smtp: {
    flags: '--smtp <url>',
    kind: smtpServer,
    description:
      'mail server: smtps://user@host, or smtp:// with STARTTLS; @file reads the URL from a file',
    variable: 'NETCORE_HOOK_SMTP',
    key: 'smtp',
    needs: byEmail,
  },
  smtpPassword: {
    flags: '--smtp-password <@file>',
    kind: secret,
    description: 'password for the mail server: @file reads a file',
    variable: 'NETCORE_HOOK_SMTP_PASSWORD',
    key: 'smtpPassword',
    needs: byEmail,
  },
  smtpFrom: {
    flags: '--smtp-from <address>',
    kind: emailAddress,
    description: 'sender of the e-mails',
    defaultNote: 'the user of --smtp',
    key: 'smtpFrom',
    needs: byEmail,
  },
  alertUrl: {
    flags: '--alert-url <url>',
    kind: url({ secretPath: true }),
    description: 'post each alert to this URL as JSON',
    key: 'alertUrl',
  },
  alertFormat: {
    flags: '--alert-format <name>',
    kind: choice(['json', 'slack', 'google-chat', 'teams', 'pagerduty', 'opsgenie']),
    description: 'write the body for this receiver',
    defaultNote: 'by the host of --alert-url, else json',
    key: 'alertFormat',
    needs: ['alertUrl'],
  },
  alertCommand: {
    flags: '--alert-command <command>',
    kind: words('notify-send'),
    description: 'run this command for each alert',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

/** Where the alerts of `test-endpoint --soak` go. */
export const soakAlertChannels = {
  alertEmail: { ...alertChannels.alertEmail, needs: ['soak'] },
  smtp: alertChannels.smtp,
  smtpPassword: alertChannels.smtpPassword,
  smtpFrom: alertChannels.smtpFrom,
  alertUrl: { ...alertChannels.alertUrl, needs: ['soak'] },
  alertFormat: alertChannels.alertFormat,
  alertCommand: {
    ...alertChannels.alertCommand,
    description: 'run this command when --soak starts to fail, and when it recovers',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

const anyChannel = ['alertEmail', 'alertUrl', 'alertCommand'] as const;

/** Alert channels and conditions. */
export const alerts = {
  ...alertChannels,
  alertEvery: {
    flags: '--alert-every <duration>',
    kind: time(anyTime),
    description: 'send at most one alert of each kind in this time',
    default: '15m',
    key: 'alertEvery',
    needs: anyChannel,
  },
  heartbeatUrl: {
    flags: '--heartbeat-url <url>',
    kind: url({ secretPath: true }),
    description: 'request this URL regularly while all is well',
    key: 'heartbeatUrl',
  },
  heartbeatEvery: {
    flags: '--heartbeat-every <duration>',
    kind: time({ min: 1_000, example: '1m' }),
    description: 'interval between the requests of --heartbeat-url',
    default: '1m',
    key: 'heartbeatEvery',
    needs: ['heartbeatUrl'],
  },
  alertAge: {
    flags: '--alert-age <duration>',
    kind: time(anyTime),
    description: 'alert when the oldest waiting call is older than this',
    default: '5m',
    key: 'alertAge',
    needs: [...anyChannel, 'heartbeatUrl'],
  },
  alertSilence: {
    flags: '--alert-silence <duration>',
    kind: silenceLimit,
    description:
      'alert when no call arrives for this long, at all or from one webhook: 30m, or 30m@08:00-23:00 in local time',
    key: 'alertSilence',
  },
  alertRefused: {
    flags: '--alert-refused',
    kind: onOff,
    description: 'also alert when calls are refused that do not come from the panel',
    key: 'alertRefused',
    needs: anyChannel,
  },
  alertTest: {
    flags: '--alert-test',
    kind: onOff,
    description: 'send a test alert through every channel, print the answers, and exit with 0 or 1',
  },
} as const satisfies Readonly<Record<string, OptionRow>>;
