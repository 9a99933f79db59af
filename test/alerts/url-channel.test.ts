import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHeartbeat } from '../../src/alerts/heartbeat.js';
import { type AlertFormat, formatOf } from '../../src/alerts/url-bodies.js';
import { urlChannel } from '../../src/alerts/url-channel.js';
import type { Credentials } from '../../src/call/plan-call.js';
import { createSender } from '../../src/call/send.js';
import { alertTime, described, handlerUrl } from '../helpers/alerts.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { nobodyThere, serve, serveRaw } from '../helpers/servers.js';
import { until } from '../helpers/until.js';

const never = new AbortController().signal;
const userAgent = 'netcore-hook/0';
const alert = described(
  {
    kind: 'breaker_opened',
    since: alertTime,
    to: handlerUrl,
    status: 500,
    reason: '<!channel> *b*',
  },
  { outlook: () => ({ firstGiveUp: alertTime + 3_600_000, diskFull: undefined }) },
);
const recovered = described({ kind: 'breaker_closed', to: handlerUrl, lasted: 9_000 });
const key = 'netcore-hook/shop-1/default/handler/http://127.0.0.1:3000/netcore';

function sender() {
  const created = createSender({ timeout: 5_000, connections: 4, insecure: false });
  onTestFinished(() => created.close());
  return created;
}

function channelTo(
  url: URL,
  format: AlertFormat = 'json',
  credentials: Credentials | undefined = { user: 'shop', password: 'secret' },
) {
  return urlChannel({ url, credentials, userAgent }, format, sender());
}

/** A receiver, and the requests that it has seen. */
async function receiver(status = 204, answer = '') {
  const requests: { method?: string; url?: string; auth?: string; type?: string; body: string }[] =
    [];
  const url = await serve((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      const { method, url: target, headers } = request;
      requests.push({
        ...{ method, url: target, body },
        auth: headers.authorization,
        type: headers['content-type'],
      } as (typeof requests)[number]);
      response.writeHead(status).end(answer);
    });
  });
  return { url, requests, bodies: () => requests.map(({ body }) => JSON.parse(body)) };
}

describe('--alert-url', () => {
  test('is posted the alert as JSON, with its message as text', async () => {
    const { url, requests, bodies } = await receiver();
    expect(await channelTo(url).deliver(alert, never)).toEqual({
      delivered: true,
      answer: 'It answered 204.',
    });
    expect(requests).toMatchObject([
      { method: 'POST', type: 'application/json', auth: 'Basic c2hvcDpzZWNyZXQ=' },
    ]);
    expect(bodies()).toEqual([{ text: alert.message, schema: 1, type: 'alert', ...alert }]);
  });

  test.each([302, 404, 500])('that answers %i has failed', async (status) => {
    const { url } = await receiver(status);
    expect(await channelTo(url).deliver(alert, never)).toEqual({
      delivered: false,
      answer: `It answered ${status}.`,
    });
  });

  test('that gives a reason is quoted, without the path that grants access', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(404).end(`Cannot POST ${request.url}`);
      });
    });
    url.pathname = '/services/T0/s3cret';
    expect(await channelTo(url).deliver(alert, never)).toEqual({
      delivered: false,
      answer: 'It answered 404, "Cannot POST /…".',
    });
  });

  test('that cannot be reached has failed', async () => {
    const url = await nobodyThere();
    expect(await channelTo(url).deliver(alert, never)).toEqual({
      delivered: false,
      answer: `Nothing is listening at ${url.host}.`,
    });
  });

  test('is not waited for when there is no time left', async () => {
    const stop = new AbortController();
    const channel = channelTo(await serveRaw(() => {}));
    const delivered = channel.deliver(alert, stop.signal);
    stop.abort();
    expect(await delivered).toEqual({
      delivered: false,
      answer: 'It was stopped because it timed out.',
    });
  });

  test.each<[string, AlertFormat]>([
    ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
    ['https://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t', 'google-chat'],
    ['https://prod-1.westeurope.logic.azure.com:443/workflows/x', 'teams'],
    ['https://default1.0a.environment.api.powerplatform.com/x', 'teams'],
    ['https://example.webhook.office.com/webhookb2/x', 'teams'],
    ['https://events.pagerduty.com/v2/enqueue', 'pagerduty'],
    ['https://events.eu.pagerduty.com/v2/enqueue', 'pagerduty'],
    ['https://api.eu.opsgenie.com/v2/alerts', 'opsgenie'],
    ['https://hooks.slack.com.example.com/', 'json'],
    ['https://alerts.example.com/', 'json'],
  ])('%s takes %s', (url, format) => {
    expect(formatOf(new URL(url))).toBe(format);
  });

  test.each<AlertFormat>(['slack', 'google-chat'])(
    'of %s gets a text only, in which nobody is mentioned',
    async (format) => {
      const { url, bodies } = await receiver();
      await channelTo(url, format).deliver(alert, never);
      expect(bodies()).toEqual([
        {
          text: [
            '*The handler is failing*',
            `${handlerUrl} is failing: It answered 500, "&lt;!channel&gt; *b*". No call is lost: calls wait until it recovers.`,
            'Severity: critical, firing',
            'Since: 2026-11-23T12:00:00.000Z',
            'Lost now: Nothing: calls are recorded, and wait for the handler.',
            'Safe until: 2026-11-23T13:00:00.000Z (the first waiting call is given up then)',
            'Host: shop-1',
            'Listener: http://127.0.0.1:4400/',
            `Try: netcore-hook test-endpoint ${handlerUrl}`,
          ].join('\n'),
        },
      ]);
    },
  );

  test('of Teams gets an adaptive card, without links of a handler', async () => {
    const { url, bodies } = await receiver(202);
    const reason = '[pay](https://example.com)';
    const linked = described({ kind: 'queue_failing', since: alertTime, to: handlerUrl, reason });
    expect(await channelTo(url, 'teams').deliver(linked, never)).toMatchObject({ delivered: true });
    expect(bodies()).toMatchObject([
      {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              type: 'AdaptiveCard',
              version: '1.4',
              body: [
                { type: 'TextBlock', text: 'The queue is failing', color: 'Warning', wrap: true },
                { type: 'TextBlock', text: expect.stringContaining('\\[pay\\]\\(') },
                {
                  type: 'FactSet',
                  facts: expect.arrayContaining([{ title: 'Host', value: 'shop\\-1' }]),
                },
              ],
            },
          },
        ],
      },
    ]);
  });

  test('of PagerDuty opens an incident with its key, and resolves it', async () => {
    const { url, requests, bodies } = await receiver(202);
    const channel = channelTo(url, 'pagerduty', { user: 'r0ut1ng', password: '' });
    await channel.deliver(alert, never);
    await channel.deliver(recovered, never);
    expect(requests.map(({ auth }) => auth)).toEqual([undefined, undefined]);
    expect(bodies()).toEqual([
      {
        routing_key: 'r0ut1ng',
        dedup_key: key,
        event_action: 'trigger',
        client: 'netcore-hook',
        payload: {
          summary: alert.message,
          source: 'http://127.0.0.1:4400/',
          severity: 'critical',
          timestamp: '2026-11-23T12:00:00.000Z',
          component: 'default',
          class: 'breaker_opened',
          custom_details: expect.objectContaining({ Host: 'shop-1' }),
        },
      },
      { routing_key: 'r0ut1ng', dedup_key: key, event_action: 'resolve' },
    ]);
  });

  test('of Opsgenie opens an alert with its key, and closes it', async () => {
    const { url, requests, bodies } = await receiver(202);
    url.pathname = '/v2/alerts';
    const channel = channelTo(url, 'opsgenie', { user: 'g3nie', password: '' });
    await channel.deliver(alert, never);
    await channel.deliver(recovered, never);
    expect(requests.map((request) => [request.url, request.auth])).toEqual([
      ['/v2/alerts', 'GenieKey g3nie'],
      [`/v2/alerts/${encodeURIComponent(key)}/close?identifierType=alias`, 'GenieKey g3nie'],
    ]);
    expect(bodies()).toMatchObject([
      { message: 'The handler is failing', alias: key, priority: 'P1', source: 'shop-1' },
      { source: 'shop-1', note: recovered.message },
    ]);
  });
});

describe('--heartbeat-url', () => {
  async function beating(status = 200) {
    const { url, requests } = await receiver(status);
    const clock = createFakeClock();
    const failures: string[] = [];
    let well = true;
    const heartbeat = startHeartbeat({
      target: { url, credentials: undefined, userAgent },
      every: 60_000,
      isWell: () => well,
      sender: sender(),
      clock,
      failed: (reason) => failures.push(reason),
    });
    onTestFinished(() => heartbeat.close());
    const beats = async (count: number) =>
      until(() => requests.length === count, `${count} requests have arrived`);
    return {
      ...{ clock, requests, failures, heartbeat, beats },
      become: (state: boolean) => {
        well = state;
      },
    };
  }

  test('is requested at once and then regularly, while all is well', async () => {
    const { clock, requests, beats, become } = await beating();
    await beats(1);
    await clock.pass(60_000);
    await beats(2);
    become(false);
    await clock.pass(10 * 60_000);
    become(true);
    await clock.pass(60_000);
    await beats(3);
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  test('that fails is reported once', async () => {
    const { clock, failures, beats } = await beating(410);
    await beats(1);
    await until(() => failures.length > 0, 'it is reported');
    await clock.pass(60_000);
    await beats(2);
    await clock.pass(60_000);
    await beats(3);
    expect(failures).toEqual(['It answered 410.']);
  });
});
