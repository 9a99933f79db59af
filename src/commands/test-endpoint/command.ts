import { Option } from 'commander';
import type { CommandDefinition } from '../../cli/command.js';
import { collect } from '../../cli/option-values.js';
import { frameworkIds } from '../../readiness/frameworks/framework.js';
import { suites } from '../../readiness/suites.js';

export const testEndpointCommand: CommandDefinition = {
  name: 'test-endpoint',
  summary: 'prove that an endpoint is ready for Netcore',
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
  define: (command) =>
    command
      .argument('[url]', 'the endpoint (also NETCORE_HOOK_TO)')
      .optionsGroup('How to reach it:')
      .option('--auth <user:pass>', 'Basic credentials; @file reads them (also NETCORE_HOOK_AUTH)')
      .option('-H, --header <name: value>', 'a header for every call; may be repeated', collect)
      .option('--timeout <duration>', 'how long an answer may take', '10s')
      .option('--insecure', 'accept any TLS certificate')
      .option('--wait <duration>', 'wait so long until it is up')
      .optionsGroup('What to ask:')
      .addOption(new Option('--suite <name>', 'how much').choices(suites).default('basic'))
      .option('--only <checks>', 'only these checks, of any suite', collect)
      .option('--skip <checks>', 'all but these checks', collect)
      .option('--list', 'list the checks instead of running them')
      .option('-c, --channel <names>', 'with samples of these channels, or all', collect)
      .option('--panel <name>', 'the panel of the samples (also NETCORE_HOOK_PANEL)')
      .option('--yes', 'do not ask before calls with events go beyond this machine')
      .optionsGroup('Load and endurance:')
      .option('--burst <NxD>', 'also so many calls at a time, for so long: 20x5s')
      .option('--soak <duration>', 'also one harmless call every so often, for so long: 24h')
      .option('--every <duration>', 'how often --soak calls (default: 1m)')
      .option('--state <file>', 'where --soak keeps how far it has come (default: in the store)')
      .option('--alert-command <command>', 'run when --soak first fails, and when it is well again')
      .optionsGroup('What comes of it:')
      .option('--report <file>', 'write a report: .html, .xml (JUnit), .json or .md', collect)
      .addOption(
        new Option('--fail-on <outcome>', 'what makes the exit code 1')
          .choices(['failure', 'warning'])
          .default('failure'),
      )
      .addOption(
        new Option(
          '--framework <name>',
          'show fixes for this one, instead of the one recognised',
        ).choices(frameworkIds),
      ),
  run: async (input, context) => {
    const { runTestEndpoint } = await import('./run.js');
    return runTestEndpoint(input, context);
  },
};
