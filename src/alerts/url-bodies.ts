import { type Alert, alertJson } from './alert.js';

/** The receivers whose bodies `--alert-url` can write. */
export type AlertFormat = 'json' | 'slack' | 'google-chat' | 'teams' | 'pagerduty' | 'opsgenie';

/** The receiver at a host; `json` for any other. */
export function formatOf({ hostname }: URL): AlertFormat {
  const [format] = hosts.find(([, pattern]) => pattern.test(hostname)) ?? ['json'];
  return format;
}

const hosts: readonly (readonly [AlertFormat, RegExp])[] = [
  ['slack', /^hooks\.slack(?:-gov)?\.com$/],
  ['google-chat', /^chat\.googleapis\.com$/],
  ['teams', /(?:^|\.)(?:logic\.azure\.com|api\.powerplatform\.com|webhook\.office\.com)$/],
  ['pagerduty', /^events\.(?:eu\.)?pagerduty\.com$/],
  ['opsgenie', /^api\.(?:eu\.)?opsgenie\.com$/],
];

/** Receivers of incidents, whose key is the user name in the URL. */
export function needsKey(format: AlertFormat): boolean {
  return format === 'pagerduty' || format === 'opsgenie';
}

/** A request to a receiver. */
export interface AlertRequest {
  readonly url: URL;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** JSON. */
  readonly body: string;
}

/** `key`: of a receiver that `needsKey`. */
export function alertRequest(
  alert: Alert,
  format: AlertFormat,
  url: URL,
  key: string,
): AlertRequest {
  const post = (body: unknown): AlertRequest => ({ url, headers: [], body: JSON.stringify(body) });
  switch (format) {
    case 'json':
      return { url, headers: [], body: alertJson(alert, { text: alert.message }) };
    case 'slack':
    case 'google-chat':
      return post({ text: chatText(alert) });
    case 'teams':
      return post(teamsMessage(alert));
    case 'pagerduty':
      return post(pagerDutyEvent(alert, key));
    case 'opsgenie':
      return opsgenieRequest(alert, url, key);
  }
}

/** The facts beyond the message, by their names. Also in the e-mail. */
export function alertFacts(alert: Alert): readonly (readonly [name: string, value: string])[] {
  const { safeUntil } = alert;
  const facts: (readonly [string, string | null])[] = [
    ['Severity', `${alert.severity}, ${alert.state}`],
    ['Since', alert.since],
    ['Count', alert.count > 1 ? String(alert.count) : null],
    ['Lost now', alert.state === 'firing' ? alert.losing : null],
    ['Safe until', safeUntil && `${safeUntil.time} (${safeUntilTexts[safeUntil.because]})`],
    ['Host', alert.host],
    ['Listener', alert.listener],
    ['Profile', alert.profile === 'default' ? null : alert.profile],
    ['Try', alert.command],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

const safeUntilTexts = {
  first_give_up: 'the first waiting call is given up then',
  disk_full: 'the disk is full then, at the current rate',
} as const;

/** Slack and Google Chat read the same three escapes and `*bold*`. */
function chatText(alert: Alert): string {
  const facts = alertFacts(alert).map(([name, value]) => `${name}: ${value}`);
  return [`*${escapeChat(alert.title)}*`, ...[alert.message, ...facts].map(escapeChat)].join('\n');
}

/** Angle brackets mention people and channels. */
function escapeChat(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

const cardColors = { critical: 'Attention', warning: 'Warning', info: 'Good' } as const;

/** An adaptive card, as the workflows of Teams take it. */
function teamsMessage(alert: Alert) {
  const text = (content: string, more: object) => ({
    type: 'TextBlock',
    text: escapeMarkdown(content),
    wrap: true,
    ...more,
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            text(alert.title, {
              size: 'Medium',
              weight: 'Bolder',
              color: cardColors[alert.state === 'resolved' ? 'info' : alert.severity],
            }),
            text(alert.message, {}),
            {
              type: 'FactSet',
              facts: alertFacts(alert).map(([title, value]) => ({
                title,
                value: escapeMarkdown(value),
              })),
            },
          ],
        },
      },
    ],
  };
}

/** Text of a handler must not become a link. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]()#+!~|-]/g, '\\$&');
}

/** PagerDuty's Events API, version 2. */
function pagerDutyEvent(alert: Alert, key: string) {
  const shared = {
    routing_key: key,
    dedup_key: alert.key,
    event_action: alert.state === 'resolved' ? 'resolve' : 'trigger',
  };
  if (alert.state === 'resolved') return shared;
  return {
    ...shared,
    client: 'netcore-hook',
    payload: {
      summary: cut(alert.message, 1024),
      source: alert.listener ?? alert.host,
      severity: alert.severity,
      timestamp: alert.time,
      component: alert.profile,
      class: alert.kind,
      custom_details: Object.fromEntries(alertFacts(alert)),
    },
  };
}

const priorities = { critical: 'P1', warning: 'P3', info: 'P5' } as const;

/** Opsgenie's Alert API. The end of a condition closes its alert. */
function opsgenieRequest(alert: Alert, url: URL, key: string): AlertRequest {
  const headers = [['Authorization', `GenieKey ${key}`]] as const;
  if (alert.state === 'resolved') {
    const close = new URL(url);
    close.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(alert.key)}/close`;
    close.search = '?identifierType=alias';
    const body = { source: alert.host, note: cut(alert.message, 25_000) };
    return { url: close, headers, body: JSON.stringify(body) };
  }
  const body = {
    message: cut(alert.title, 130),
    alias: alert.key,
    description: cut(alert.message, 15_000),
    details: Object.fromEntries(alertFacts(alert)),
    entity: alert.listener ?? alert.host,
    source: alert.host,
    tags: ['netcore-hook', alert.kind],
    priority: priorities[alert.severity],
  };
  return { url, headers, body: JSON.stringify(body) };
}

function cut(text: string, maxLength: number): string {
  const characters = [...text];
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}
