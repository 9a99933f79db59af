import type { ExitName } from './exit-codes.js';

/**
 * Every problem: its permanent code, how the process ends, and its wording (what happened and
 * why; what to do). This is the only file that words them. Untrusted text in the arguments is
 * made safe where it is printed, not here.
 */
export const catalogue = {
  // What was typed
  usage: entry(
    'usage',
    (a: { message: string; hint: string }) => a.message,
    (a) => a.hint,
  ),
  unknown_command: entry(
    'usage',
    (a: { message: string; hint: string }) => a.message,
    (a) => a.hint,
  ),
  unknown_option: entry(
    'usage',
    (a: { message: string; hint: string }) => a.message,
    (a) => a.hint,
  ),
  invalid_value: entry(
    'usage',
    (a: { what: string; value: string; reason: string; hint: string }) =>
      `${a.what} cannot be "${a.value}": ${a.reason}.`,
    (a) => a.hint,
  ),
  unknown_channel: entry(
    'usage',
    (a: { name: string; nearest?: string | undefined; all: readonly string[] }) =>
      `There is no channel "${a.name}".`,
    (a) => (a.nearest ? `Did you mean "${a.nearest}"?` : `Channels: ${a.all.join(', ')}.`),
  ),
  unknown_activity: entry(
    'usage',
    (a: { name: string; of: string; nearest?: string | undefined; all: readonly string[] }) =>
      `There is no activity "${a.name}" for ${a.of}.`,
    (a) => (a.nearest ? `Did you mean "${a.nearest}"?` : `Activities: ${a.all.join(', ')}.`),
  ),
  path_not_found: entry(
    'usage',
    (a: { option: string; path: string; nearest?: string | undefined }) =>
      `${a.option} changes nothing: no event has "${a.path}".`,
    (a) =>
      a.nearest
        ? `Did you mean "${a.nearest}"?${a.option === '--set' ? ' A new key takes --add.' : ''}`
        : 'netcore-hook samples <channel> <activity> shows what there is; a new key takes --add.',
  ),
  needs_terminal: entry(
    'usage',
    (a: { what: string; flag: string }) =>
      `${a.what} is not given, and there is no terminal to ask on.`,
    (a) => `Give it with ${a.flag}.`,
  ),

  credentials_invalid: entry(
    'usage',
    (a: { option: string; reason: string }) => `${a.option} holds no credentials: ${a.reason}.`,
    (a) => `Write it like ${a.option} user:password or ${a.option} @file.`,
  ),
  interrupted: entry(
    'interrupted',
    () => 'Interrupted.',
    () => 'Nothing was left half done.',
  ),

  // The machine
  port_in_use: entry(
    'environment',
    (a: { port: number; next: number }) => `Port ${a.port} is already in use.`,
    (a) => `Try: netcore-hook listen --port ${a.next}`,
  ),
  port_forbidden: entry(
    'environment',
    (a: { port: number }) => `Port ${a.port} needs rights that this user does not have.`,
    () => 'Take a port above 1023, or let a proxy in front listen there.',
  ),
  address_not_here: entry(
    'environment',
    (a: { host: string }) => `No network interface of this machine has the address ${a.host}.`,
    () => 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for every interface.',
  ),
  file_not_read: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot read ${a.path}: ${a.reason}.`,
    () => 'Check the path and its permissions.',
  ),
  output_failed: entry(
    'environment',
    (a: { reason: string }) => `The output could not be written: ${a.reason}.`,
    () => 'Make room, or send the output somewhere else.',
  ),

  bug: entry(
    'bug',
    (a: { message: string }) => `This is a bug in netcore-hook: ${a.message}`,
    () => 'Run it again with --verbose and report what it prints.',
  ),
} as const;

export type ProblemCode = keyof typeof catalogue;
export type ProblemArguments<C extends ProblemCode> = Parameters<
  (typeof catalogue)[C]['message']
>[0];

interface Entry<A> {
  readonly exit: ExitName;
  readonly message: (args: A) => string;
  readonly hint: (args: A) => string;
}

function entry<A>(
  exit: ExitName,
  message: (args: A) => string,
  hint: (args: NoInfer<A>) => string,
): Entry<A> {
  return { exit, message, hint };
}
