import { commandBody } from '../../cli/command.js';

export const explainCommand = commandBody({
  arguments: [{ name: '[code]', description: 'a code such as port_in_use', completion: 'codes' }],
  options: {},
  examples: [
    { line: 'netcore-hook explain port_in_use', description: 'what happened, and what to do' },
    { line: 'netcore-hook explain slow_answer', description: 'a finding of test-endpoint' },
    { line: 'netcore-hook explain', description: 'list all codes' },
  ],
  run: async (input, context) => (await import('./run.js')).runExplain(input, context),
});
