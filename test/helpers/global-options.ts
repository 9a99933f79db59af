import type { GlobalOptions } from '../../src/cli/command.js';

const nobody = { kind: 'default', name: '' } as const;

/** What every command is given when nothing is typed, with what a test says otherwise. */
export function globalOptions(others: Partial<GlobalOptions> = {}): GlobalOptions {
  return {
    json: false,
    quiet: false,
    verbose: false,
    color: false,
    store: undefined,
    profile: 'default',
    from: { store: nobody, profile: nobody },
    settingsFiles: [],
    projectFile: undefined,
    foundFile: undefined,
    ...others,
  };
}
