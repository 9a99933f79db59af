import { commandBody } from '../../cli/command.js';
import { listenOptions } from '../../cli/options/listening.js';

export const listenCommand = commandBody({
  usesStore: true,
  options: listenOptions,
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
  run: async (input, context) => (await import('./run.js')).runListen(input, context),
});
