import { commandBody } from '../../cli/command.js';
import { testEndpointOptions } from '../../cli/options/proving.js';

export const testEndpointCommand = commandBody({
  usesStore: true,
  arguments: [{ name: '[url]', description: 'the endpoint' }],
  options: testEndpointOptions,
  examples: [
    {
      line: 'netcore-hook test-endpoint :3000/hook',
      description: 'test an endpoint on this machine',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --auth netcore:secret -c all',
      description: 'send credentials and a sample of every channel',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --auth netcore:secret --suite full',
      description: 'run every check',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --wait 30s --json',
      description: 'wait for the endpoint in a pipeline',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --burst 20x5s --report ready.html',
      description: 'run a load test and write a report',
    },
    {
      line: 'netcore-hook test-endpoint https://shop.example.com/hook --soak 24h --every 1m',
      description: 'send a call every minute for a day',
    },
    {
      line: 'netcore-hook test-endpoint :3000/hook --watch src',
      description: 'run again whenever a file in src changes',
    },
    {
      line: 'netcore-hook test-endpoint --list',
      description: 'list every check and what it sends',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runTestEndpoint(input, context),
});
