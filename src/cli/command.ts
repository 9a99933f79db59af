import type { Host } from '../host.js';
import type { Completion, OptionGroups, OptionValues } from './options/option.js';
import type { Origin } from './options/read-options.js';

/** One word of the command line: a command, or a verb of one. `commands/list.ts` lists them all. */
export interface CommandDefinition {
  readonly name: string;
  /** One line, for the help of its parent. */
  readonly summary: string;
  /** Its verbs. With verbs, `load` is the action of the bare word, and `alone` describes it. */
  readonly verbs?: readonly CommandDefinition[];
  readonly alone?: string;
  /** Its arguments and action, loaded on use, so that a command does not slow down the others. */
  readonly load: () => Promise<CommandBody>;
}

export interface CommandBody {
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options: OptionGroups;
  /** Complete command lines; a test parses each. */
  readonly examples: readonly Example[];
  /** Whether it reads the store settings of a project file. */
  readonly usesStore: boolean;
  /** Passes surplus words to `run`, which gives better errors. */
  readonly anyWords?: boolean;
  /**
   * Resolves to the exit code. Throws a Problem for failures that the user can act upon. `commands`
   * are all commands, for help and completion.
   */
  readonly run: (
    input: CommandInput<never>,
    context: CommandContext,
    commands: readonly CommandDefinition[],
  ) => Promise<number>;
}

interface ArgumentDefinition {
  /** In commander's syntax: `[id...]`. */
  readonly name: string;
  readonly description: string;
  readonly completion?: Completion;
}

interface Example {
  readonly line: string;
  readonly description: string;
}

/** The body of a command, with typed options in `run`. */
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

/** The parsed command line: words without a dash, and options. */
export interface CommandInput<V = Readonly<Record<string, unknown>>> {
  readonly words: readonly string[];
  readonly options: V;
  /** The source of an option's value. */
  readonly from: (option: keyof V & string) => Origin;
}

export interface CommandContext {
  readonly host: Host;
  readonly global: GlobalOptions;
}

/** The options of every command, resolved from the command line, the environment and the files. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /**
   * The store's folder as given; undefined: the profile's own, below the platform's data folder.
   */
  readonly store: string | undefined;
  readonly profile: string;
  readonly from: { readonly store: Origin; readonly profile: Origin };
  /** The project file and the user's file, in order of precedence; empty when disabled. */
  readonly settingsFiles: readonly string[];
  /** The project file; undefined when missing or disabled. */
  readonly projectFile: string | undefined;
  /** The project file when it was found rather than named, so that it needs the user's trust. */
  readonly foundFile: string | undefined;
}
