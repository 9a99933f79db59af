import { commandBody } from '../../cli/command.js';
import { listenOptions } from '../../cli/options/listening.js';

export const listenCommand = commandBody({
  usesStore: true,
  options: listenOptions,
  examples: [
    { line: 'netcore-hook listen', description: 'receive calls on http://127.0.0.1:4400' },
    {
      line: 'netcore-hook listen --port 8080 --auth netcore:secret',
      description: 'require these credentials',
    },
    {
      line: 'netcore-hook listen -c email -e bounce',
      description: 'store all calls, show bounces',
    },
    {
      line: 'netcore-hook listen --forward-to :3000/webhooks/netcore',
      description: 'forward each call to a handler, with retries',
    },
    {
      line: 'netcore-hook listen --exit-after 1 --wait 30s -c email',
      description: 'wait for an email event in a pipeline',
    },
    {
      line: 'netcore-hook listen --tunnel --auth generate',
      description: 'open a public URL for the Netcore panel',
    },
    { line: 'netcore-hook listen --json', description: 'print JSON lines for programs' },
  ],
  run: async (input, context) => (await import('./run.js')).runListen(input, context),
});
