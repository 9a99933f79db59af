import { commandBody } from '../../cli/command.js';
import { testEndpointOptions } from '../../cli/options/proving.js';

export const testEndpointCommand = commandBody({
  usesStore: true,
  arguments: [{ name: '[url]', says: 'the endpoint' }],
  options: testEndpointOptions,
  examples: [
    { line: 'netcore-hook test-endpoint :3000/hook', says: 'on this machine' },
    {
      line: 'netcore-hook test-endpoint :3000/hook --auth netcore:secret -c all',
      says: 'with credentials, a sample of every channel',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --auth netcore:secret --suite full',
      says: 'everything that can be asked',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --wait 30s --json',
      says: 'in a pipeline, once it is up',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --burst 20x5s --report ready.html',
      says: 'under load, with a report',
    },
    {
      line: 'netcore-hook test-endpoint https://shop.example.com/hook --soak 24h --every 1m',
      says: 'for a day',
    },
    { line: 'netcore-hook test-endpoint --list', says: 'every check, and what it sends' },
  ],
  run: async (input, context) => (await import('./run.js')).runTestEndpoint(input, context),
});
