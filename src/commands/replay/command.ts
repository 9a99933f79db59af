import { commandBody } from '../../cli/command.js';
import { replayOptions } from '../../cli/options/sending.js';

export const replayCommand = commandBody({
  usesStore: true,
  arguments: [
    {
      name: '[id...]',
      says: 'ids or beginnings of them, last, last~2, <id>.3 for one event of a batch',
      completed: 'captures',
    },
  ],
  options: replayOptions,
  examples: [
    { line: 'netcore-hook replay last --to :3000/hook', says: 'the newest' },
    { line: 'netcore-hook replay last~2.3 --to :3000/hook', says: 'one event of a batch' },
    {
      line: 'netcore-hook replay --last 50 -c email --to :3000/hook --auth netcore:secret',
      says: 'the newest fifty with e-mail events, oldest first',
    },
    {
      line: 'netcore-hook replay --since 2h --speed 10x --to :3000/hook',
      says: 'as they came, ten times as fast',
    },
    {
      line: 'netcore-hook replay --from captures.jsonl --to :3000/hook',
      says: 'what history export wrote',
    },
    {
      line: 'netcore-hook replay last --bisect --to :3000/hook',
      says: 'find the events that an endpoint fails on',
    },
  ],
  run: async (input, context) => (await import('./run.js')).runReplay(input, context),
});
