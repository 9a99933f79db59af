import type { CommandDefinition } from '../../cli/command.js';
import { collect } from '../../cli/option-values.js';
import { addAlertFlags, addForwardingFlags } from '../forwarding/flags.js';

export const listenCommand: CommandDefinition = {
  name: 'listen',
  summary: 'receive calls, record each durably, answer 200, show what came',
  examples: [
    { line: 'netcore-hook listen', says: 'on http://127.0.0.1:4400' },
    {
      line: 'netcore-hook listen --port 8080 --auth netcore:secret',
      says: 'only with these credentials',
    },
    { line: 'netcore-hook listen -c email -e bounce', says: 'record all, show bounces' },
    {
      line: 'netcore-hook listen --forward-to :3000/webhooks/netcore',
      says: 'and give each call to a handler, until it takes it',
    },
    {
      line: 'netcore-hook listen --exit-after 1 --wait 30s -c email',
      says: 'wait for an email event, in a pipeline',
    },
    {
      line: 'netcore-hook listen --tunnel --auth generate',
      says: 'with a public address, to be entered in the Netcore panel',
    },
    { line: 'netcore-hook listen --json', says: 'one JSON object a line, for programs' },
  ],
  define: (command) => {
    command
      .optionsGroup('Where it listens:')
      .option('-p, --port <number>', 'port, 0 for a free one', '4400')
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--path <path>', 'serve this path only, answer others 404')
      .option('--tls-cert <file>', 'serve HTTPS with this certificate (PEM); read again on SIGHUP')
      .option('--tls-key <file>', 'its private key (PEM)')
      .option('--listen-fd <number>', 'take the listening socket of this descriptor (systemd: 3)')
      .option(
        '--tunnel [ssh:user@host]',
        'a public address while it runs, by cloudflared or by ssh through a server of yours; needs --auth',
      )
      .optionsGroup('Who may call:')
      .option(
        '--auth <user:pass>',
        'ask for Basic credentials; several are accepted side by side; @file holds a user:pass a line, read again on SIGHUP; generate makes one up (also NETCORE_HOOK_LISTEN_AUTH)',
        collect,
      )
      .option(
        '--allow <addresses>',
        'let only these in: 203.0.113.7, or a network like 203.0.113.0/24',
        collect,
      )
      .option(
        '--trust-proxy <addresses>',
        'proxies in front, whose X-Forwarded-For tells the client',
        collect,
      )
      .option(
        '--unprotected',
        'without --auth or --allow, also listen beyond loopback and admit web pages of other sites',
      )
      .option('--max-body <size>', 'answer larger bodies 413', '10mb')
      .option(
        '--keep-alive <duration>',
        'keep a connection open this long after an answer; longer than the idle timeout of a load balancer in front',
        '75s',
      )
      .optionsGroup('What it shows (all is recorded):')
      .option('-c, --channel <names>', 'only these channels', collect)
      .option('-e, --event <names>', 'only these activities', collect)
      .option('--panel <names>', 'only these panels', collect)
      .option('--no-inspect', 'do not serve the inspector, the local web page')
      .option('--inspect-port <number>', 'port of the inspector, 0 for a free one (default: 4401)')
      .optionsGroup('What it keeps:')
      .option(
        '--keep-for <duration>',
        'keep captures of the last 30d, 12h; waiting calls stay longer',
        '30d',
      )
      .option(
        '--keep-size <size>',
        'keep the newest captures that fit into 10gb, 500mb of data; waiting calls stay',
        '10gb',
      )
      .option('--keep <number>', 'keep only the newest N captures; waiting calls stay')
      .optionsGroup('To try out failures:')
      .option('--respond <status>', 'answer this instead of 200')
      .option('--respond-rate <0..1>', 'to how many of the calls', '1')
      .option('--delay <duration>', 'hold every answer back')
      .optionsGroup('In scripts and services:')
      .option('--exit-after <number>', 'stop after so many calls that match what is shown')
      .option('--wait <duration>', 'how long to wait for them; else exit 1')
      .option(
        '--ready-file <file>',
        'write the ready line there once calls are taken, with --tunnel from everywhere',
      )
      .option('--no-health', 'do not answer GET /_netcore-hook/health');
    addForwardingFlags(command).option(
      '--queue <url>',
      'share the queue through Redis: redis://host:6379, rediss://… (also NETCORE_HOOK_QUEUE)',
    );
    addAlertFlags(command);
  },
  run: async (input, context) => {
    const { runListen } = await import('./run.js');
    return runListen(input, context);
  },
};
