/*
 * Stands in for cloudflared: says what it says, line for line, and passes calls on as it does, but on
 * loopback. NETCORE's variables do not reach it, so its own tell it how to behave:
 * STAND_IN_LOG (a file that gets a JSON line a start) and STAND_IN_BEHAVIOUR.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const argv = process.argv.slice(2);
const { STAND_IN_LOG: log = '', STAND_IN_BEHAVIOUR: behaviour = 'works' } = process.env;
// As the script of a package does that starts the program itself.
const helper =
  behaviour === 'helped'
    ? spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' }).pid
    : undefined;
appendFileSync(
  log,
  `${JSON.stringify({ pid: process.pid, helper, guard: process.ppid, argv, variables: Object.keys(process.env) })}\n`,
);

const say = (level, text) =>
  process.stderr.write(
    `${new Date().toISOString().replace(/\.\d+/, '')} ${level} ${text.trimEnd()}\n`,
  );
const boxed = (line, length) => `|  ${line.padEnd(length)}  |`;

process.on('SIGTERM', () => {
  if (behaviour === 'stubborn') return;
  say('INF', 'Initiating graceful shutdown due to signal terminated ...');
  process.exit(0);
});

say(
  'INF',
  'Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way to experiment and try it out. However, be aware that these account-less Tunnels have no uptime guarantee, are subject to the Cloudflare Online Services Terms of Use (https://www.cloudflare.com/website-terms/), and Cloudflare reserves the right to investigate your use of Tunnels for violations of such terms.',
);
say('INF', 'Requesting new quick Tunnel on trycloudflare.com...');
if (behaviour === 'refused') {
  say(
    'ERR',
    'Error unmarshaling QuickTunnel response: error code: 1015 error="invalid character \'e\' looking for beginning of value" status_code="429 Too Many Requests"',
  );
  process.stderr.write(
    "failed to unmarshal quick Tunnel: invalid character 'e' looking for beginning of value\n",
  );
  process.exit(1);
}
const target = new URL(argv[argv.indexOf('--url') + 1] ?? '');
const server = createServer((incoming, outgoing) => {
  if (behaviour === 'broken') {
    outgoing.writeHead(530, { 'Content-Type': 'text/html' });
    outgoing.end('<html>error code: 1033</html>');
    return;
  }
  const seen = [incoming.headers['x-forwarded-for'], '203.0.113.7'].filter(Boolean).join(', ');
  const send = target.protocol === 'https:' ? secureRequest : plainRequest;
  const onward = send(
    new URL(incoming.url ?? '/', target),
    {
      method: incoming.method,
      headers: { ...incoming.headers, 'x-forwarded-for': seen, 'cf-connecting-ip': '203.0.113.7' },
      rejectUnauthorized: !argv.includes('--no-tls-verify'),
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => {
    outgoing.writeHead(502);
    outgoing.end('<html>Bad gateway</html>');
  });
  incoming.pipe(onward);
});
server.listen(0, '127.0.0.1', () => {
  if (behaviour === 'mute') return;
  const lines = [
    'Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):',
    `http://127.0.0.1:${server.address().port}`,
  ];
  const length = Math.max(...lines.map((line) => line.length));
  const border = `+${'-'.repeat(length + 4)}+`;
  for (const line of [border, ...lines.map((each) => boxed(each, length)), border]) {
    say('INF', line);
  }
  say('ERR', 'Configuration file /dev/null was empty');
  say('INF', 'Version 2026.9.1 (Checksum 0000)');
  say(
    'INF',
    'Registered tunnel connection connIndex=0 connection=52b585bc-858c-432a-b724-90993c84cc10 event=0 ip=198.51.100.4 location=bom01 protocol=quic',
  );
});
