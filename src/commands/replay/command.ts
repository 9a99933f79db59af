import { commandBody } from '../../cli/command.js';
import { replayOptions } from '../../cli/options/sending.js';

export const replayCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[id...]',
      description: 'an id or a prefix of one, last, last~2, or <id>.3 for one event of a batch',
      completion: 'captures',
    },
  ],
  options: replayOptions,
  examples: [
    { line: 'netcore-hook replay last --to :3000/hook', description: 'replay the newest capture' },
    {
      line: 'netcore-hook replay last~2.3 --to :3000/hook',
      description: 'replay one event of a batch',
    },
    {
      line: 'netcore-hook replay --last 50 -c email --to :3000/hook --auth netcore:secret',
      description: 'replay the newest 50 with email events, oldest first',
    },
    {
      line: 'netcore-hook replay --since 2h --speed 10x --to :3000/hook',
      description: 'keep the recorded intervals, ten times as fast',
    },
    {
      line: 'netcore-hook replay --from captures.jsonl --to :3000/hook',
      description: 'replay an export',
    },
    {
      line: 'netcore-hook replay last --bisect --to :3000/hook',
      description: 'find the events that make an endpoint fail',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runReplay(input, context),
});
