import type { Command } from 'commander';
import type { Host } from '../host.js';
import type { Presets, Setting } from './setting.js';

/** One word of the command line. `commands/list.ts` is the list of them all. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for `netcore-hook --help`. */
  readonly summary: string;
  /** Complete command lines; a test parses each. */
  readonly examples: readonly Example[];
  /**
   * Adds arguments and options. Loads nothing heavy: what an option means is worked out in `run`.
   */
  readonly define: (command: Command) => void;
  /**
   * Runs with what was typed and resolves to the exit code. Failures that the user can act upon
   * are thrown as a Problem. `commands` are all there are, for those that tell of the others.
   */
  readonly run: (
    input: CommandInput,
    context: CommandContext,
    commands: readonly CommandDefinition[],
  ) => Promise<number>;
}

interface Example {
  readonly line: string;
  readonly says: string;
}

/** What was typed: words without a dash, and options by their long name in camelCase. */
export interface CommandInput {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CommandContext {
  readonly host: Host;
  readonly global: GlobalOptions;
  /** What counts where an option was not typed. */
  readonly presets: Presets;
}

/** The options that every command takes, after the environment and the project file were asked. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** The store's folder as given; undefined: the profile's own, below the platform's data folder. */
  readonly store: string | undefined;
  readonly profile: string;
  readonly given: GivenPlaces;
  /** Where it lies; undefined: there is none, or it was not wanted. */
  readonly projectFile: string | undefined;
}

/** What a flag or a variable says of where settings come from; undefined: nothing. */
export interface GivenPlaces {
  readonly store: Setting | undefined;
  readonly profile: Setting | undefined;
  /** `none`: without a project file. */
  readonly config: Setting | 'none' | undefined;
}
