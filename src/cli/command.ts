import type { Host } from '../host.js';
import type { Completion, OptionGroups, OptionValues } from './options/option.js';
import type { Origin } from './options/read-options.js';

/** One word of the command line: a command, or a verb of one. `commands/list.ts` lists them all. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for the help of what it belongs to. */
  readonly summary: string;
  /** Its verbs. With them, `load` is what the word alone does, and `alone` says so. */
  readonly verbs?: readonly CommandDefinition[];
  readonly alone?: string;
  /** What it takes and does; loaded when it is named, so that no command makes the others start slower. */
  readonly load: () => Promise<CommandBody>;
}

export interface CommandBody {
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options: OptionGroups;
  /** Complete command lines; a test parses each. */
  readonly examples: readonly Example[];
  /** Whether the project file may say where its captures are kept. */
  readonly usesStore: boolean;
  /** More words than `arguments` are left to `run`, which says better what is meant. */
  readonly anyWords?: boolean;
  /**
   * Resolves to the exit code. Failures that the user can act upon are thrown as a Problem.
   * `commands` are all there are, for those that tell of the others.
   */
  readonly run: (
    input: CommandInput<never>,
    context: CommandContext,
    commands: readonly CommandDefinition[],
  ) => Promise<number>;
}

interface ArgumentDefinition {
  /** As commander reads it: `[id...]`. */
  readonly name: string;
  readonly description: string;
  readonly completion?: Completion;
}

interface Example {
  readonly line: string;
  readonly description: string;
}

/** The body of a command, whose `run` gets its options with their types. */
export function commandBody<const G extends OptionGroups>(
  body: Omit<CommandBody, 'options' | 'run' | 'usesStore'> & {
    readonly usesStore?: boolean;
    readonly options: G;
    readonly run: (
      input: CommandInput<OptionValues<G>>,
      context: CommandContext,
      commands: readonly CommandDefinition[],
    ) => Promise<number>;
  },
): CommandBody {
  return { usesStore: false, ...body, run: body.run as CommandBody['run'] };
}

/** What a command is to do: words without a dash, and what its options are. */
export interface CommandInput<V = Readonly<Record<string, unknown>>> {
  readonly words: readonly string[];
  readonly options: V;
  /** Who said what an option is. */
  readonly from: (option: keyof V & string) => Origin;
}

export interface CommandContext {
  readonly host: Host;
  readonly global: GlobalOptions;
}

/** The options that every command takes, after the environment and the files were asked. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** The store's folder as given; undefined: the profile's own, below the platform's data folder. */
  readonly store: string | undefined;
  readonly profile: string;
  /** Where the store and the profile come from. */
  readonly from: { readonly store: Origin; readonly profile: Origin };
  /** The project file and the user's own, the nearer first; none when they were not wanted. */
  readonly settingsFiles: readonly string[];
  /** The project file; undefined: there is none, or it was not wanted. */
  readonly projectFile: string | undefined;
}
