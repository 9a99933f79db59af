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
  no_events: entry(
    'usage',
    (_: Record<string, never>) => '--batch has no events to take: the payload holds none.',
    () => 'Give a payload like {"panel": [{"channel": "email", …}]}.',
  ),
  no_payload: entry(
    'no',
    (a: { source: string; reason: string }) => `There is no payload in ${a.source}: ${a.reason}`,
    () => 'To send bytes that are no payload, take --raw.',
  ),
  needs_yes: entry(
    'usage',
    (a: { calls: number; host: string }) =>
      `${a.calls} calls to ${a.host} go beyond this machine, and there is no terminal to ask on.`,
    () => 'Add --yes if you mean it.',
  ),
  no_answer: entry(
    'environment',
    (a: { url: string }) => `No call got an answer from ${a.url}.`,
    () => 'Check the URL and that its server runs; a server of your own: netcore-hook listen',
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
  listen_unprotected: entry(
    'usage',
    (a: { host: string }) =>
      `Listening on ${a.host} lets others reach this machine, and nothing asks who they are.`,
    () => 'Add --auth user:password or --allow <address>, or say --unprotected if you mean it.',
  ),
  no_such_capture: entry(
    'no',
    (a: { reference: string }) => `There is no capture ${a.reference}.`,
    () => 'Try: netcore-hook history list',
  ),
  ambiguous_id: entry(
    'no',
    (a: { reference: string; ids: readonly string[] }) =>
      `${a.reference} is the beginning of several ids: ${a.ids.join(', ')}.`,
    () => 'Type more of it.',
  ),
  header_invalid: entry(
    'usage',
    (a: { option: string; reason: string }) => `${a.option} is no header: ${a.reason}.`,
    (a) => `Write it like ${a.option} 'X-Shop: north'.`,
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
  tls_invalid: entry(
    'environment',
    (a: { reason: string }) => `The certificate and key cannot be used: ${a.reason}.`,
    () => 'Give a PEM certificate (with its chain) and the private key that belongs to it.',
  ),
  store_missing: entry(
    'environment',
    (a: { path: string }) => `There is no store in ${a.path}.`,
    () => 'Captures appear once netcore-hook listen has run; --store names another folder.',
  ),
  store_not_writable: entry(
    'environment',
    (a: { path: string; reason: string }) => `Captures cannot be kept in ${a.path}: ${a.reason}.`,
    () => 'Name a folder of your own with --store.',
  ),
  store_not_opened: entry(
    'environment',
    (a: { path: string; reason: string }) =>
      `The store in ${a.path} cannot be opened: ${a.reason}.`,
    () => 'Nothing was changed in it; --store names another folder.',
  ),
  store_not_written: entry(
    'environment',
    (a: { reason: string }) => `The call could not be recorded: ${a.reason}.`,
    () => 'It was answered 503, so its sender knows; make room or check the disk.',
  ),
  store_foreign: entry(
    'environment',
    (a: { path: string }) => `${a.path} is a database of another program.`,
    () => 'Nothing was changed in it; --store names another folder.',
  ),
  store_newer: entry(
    'environment',
    (a: { path: string }) => `${a.path} was written by a newer netcore-hook.`,
    () => 'Update netcore-hook, or name another folder with --store.',
  ),
  file_not_written: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot write ${a.path}: ${a.reason}.`,
    () => 'Check the path and its permissions.',
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
