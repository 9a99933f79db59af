import type { GlobalOptions } from '../../src/cli/command.js';

/** What every command is given when nothing is typed, with what a test says otherwise. */
export function globalOptions(others: Partial<GlobalOptions> = {}): GlobalOptions {
  return {
    json: false,
    quiet: false,
    verbose: false,
    color: false,
    store: undefined,
    profile: 'default',
    given: { store: undefined, profile: undefined, config: undefined },
    projectFile: undefined,
    ...others,
  };
}
