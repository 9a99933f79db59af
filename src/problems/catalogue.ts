import { plural } from '../amounts.js';
import { assignment } from './assignment.js';
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
  needs_yes: entry(
    'usage',
    (a: { calls: number; host: string } & Unasked) =>
      `${a.calls} calls to ${a.host} go beyond this machine, and ${whyUnasked(a)}.`,
    () => 'Add --yes if you mean it.',
  ),
  burst_needs_yes: entry(
    'usage',
    (a: { atOnce: number; host: string } & Unasked) =>
      `A burst of ${a.atOnce} calls at a time to ${a.host} goes beyond this machine, and ${whyUnasked(a)}.`,
    () => 'Add --yes if you may load that server.',
  ),
  report_unknown: entry(
    'usage',
    (a: { path: string; extensions: readonly string[] }) =>
      `--report cannot be "${a.path}": no report has that extension.`,
    (a) => `Extensions: ${a.extensions.map((each) => `.${each}`).join(', ')}.`,
  ),
  no_answer: entry(
    'environment',
    (a: { url: string }) => `No call got an answer from ${a.url}.`,
    () => 'Check the URL and that its server runs; a server of your own: netcore-hook listen',
  ),
  needs_terminal: entry(
    'usage',
    (a: { what: string; flag: string } & Unasked) =>
      `${a.what} is not given, and ${whyUnasked(a)}.`,
    (a) => `Give it with ${a.flag}.`,
  ),

  credentials_invalid: entry(
    'usage',
    (a: { option: string; reason: string }) => `${a.option} holds no credentials: ${a.reason}.`,
    (a) =>
      `Write it like ${assignment(a.option, 'user:password')} or ${assignment(a.option, '@file')}.`,
  ),
  listen_unprotected: entry(
    'usage',
    (a: { host: string }) =>
      `Listening on ${a.host} lets others reach this machine, and nothing asks who they are.`,
    () => 'Add --auth user:password or --allow <address>, or say --unprotected if you mean it.',
  ),
  tunnel_needs_auth: entry(
    'usage',
    () =>
      '--tunnel lets everybody on the internet call this listener, and nothing asks who they are.',
    () => 'Add --auth user:password, or --auth generate, which makes them up.',
  ),
  tunnel_hides_clients: entry(
    'usage',
    () =>
      'Through ssh every call seems to come from this machine, so --allow cannot tell who may come in.',
    () =>
      'Leave out --allow, or use --tunnel without ssh: cloudflared tells the address of each client.',
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
  no_such_event: entry(
    'no',
    (a: { reference: string; events: number }) =>
      `There is no event ${a.reference}: the capture holds ${a.events === 1 ? 'one event' : `${a.events} events`}.`,
    () => 'Events count from 1: netcore-hook history show <id> lists them.',
  ),
  capture_without_payload: entry(
    'no',
    (a: { id: string; reason: string }) => `The capture ${a.id} has no payload: ${a.reason}`,
    (a) => `To send its body as it came: netcore-hook replay ${a.id}`,
  ),
  nothing_selected: entry(
    'usage',
    () => 'replay needs to know which captures.',
    () => 'Try: netcore-hook replay last, or --last 20, or --since 2h',
  ),
  nothing_to_replay: entry(
    'no',
    () => 'No capture matches, so nothing was sent.',
    () => 'See what there is: netcore-hook history list',
  ),
  target_missing: entry(
    'usage',
    () => 'replay needs to know where to.',
    () => 'Try: --to :3000/hook (also NETCORE_HOOK_TO)',
  ),
  replay_needs_yes: entry(
    'usage',
    (a: { host: string } & Unasked) =>
      `Captures tell what real people did, ${a.host} is not this machine, and ${whyUnasked(a)}.`,
    () => 'Add --yes if you mean it.',
  ),
  replay_loop: entry(
    'usage',
    (a: { url: string }) =>
      `${a.url} is the listener that records into this store: it would record its own captures again.`,
    () => 'Name your own endpoint with --to, or another --store.',
  ),
  forward_loop: entry(
    'usage',
    (a: { url: string }) =>
      `${a.url} is the listener itself: it would forward its own calls to itself again and again.`,
    () => 'Name your own endpoint with --forward-to, or another --port.',
  ),
  record_invalid: entry(
    'no',
    (a: { file: string; line: number; reason: string }) =>
      `Line ${a.line} of ${a.file} is no exported capture: ${a.reason}.`,
    () => 'Give what netcore-hook history export wrote.',
  ),
  prune_needs_yes: entry(
    'usage',
    (a: { captures: number; estimated?: boolean } & Unasked) =>
      `${a.estimated ? 'About ' : ''}${plural(a.captures, 'capture')} would be removed for good, and ${whyUnasked(a)}.`,
    () => 'Add --yes if you mean it.',
  ),
  drop_needs_yes: entry(
    'usage',
    (a: { calls: number } & Unasked) =>
      `${plural(a.calls, 'call')} would be dropped from the queue for good, and ${whyUnasked(a)}.`,
    () => 'Add --yes if you mean it.',
  ),
  not_queued: entry(
    'no',
    (a: { ids: readonly string[] }) =>
      `${a.ids.join(', ')} ${a.ids.length === 1 ? 'is' : 'are'} not in this queue, so nothing was changed.`,
    (a) => `See what became of it: netcore-hook history show ${a.ids[0]}`,
  ),
  id_not_whole: entry(
    'no',
    (a: { reference: string }) =>
      `${a.reference} is no whole id, and there is no store here to find the rest of it in.`,
    () => 'Give all sixteen characters: netcore-hook queue list --json tells them.',
  ),
  not_a_batch: entry(
    'no',
    (a: { id: string; events: number }) =>
      `${a.id} holds ${a.events === 0 ? 'no event' : 'one event'}, so there is nothing to take apart.`,
    () => 'Choose a capture with several events: netcore-hook history list',
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

  // What the project file says
  config_not_json: entry(
    'usage',
    (a: { path: string; reason: string; line: number; column: number }) =>
      `${a.path} is no JSON: ${a.reason} (line ${a.line}, column ${a.column}).`,
    () => 'It takes plain JSON: no comments, no trailing commas, no byte order mark.',
  ),
  config_invalid: entry(
    'usage',
    (a: { name: string; reason: string; hint: string }) => `${a.name} ${a.reason}.`,
    (a) => a.hint,
  ),
  config_unknown_key: entry(
    'usage',
    (a: { name: string; nearest?: string | undefined }) => `${a.name} is no setting.`,
    (a) =>
      a.nearest
        ? `Did you mean "${a.nearest}"?`
        : 'To see all settings: netcore-hook config --no-config',
  ),
  config_not_settable: entry(
    'usage',
    (a: { name: string; reason: string; flag: string }) =>
      `${a.name} cannot stand in a project file: ${a.reason}.`,
    (a) => `Remove it there, and type ${a.flag} when you mean it.`,
  ),
  config_secret: entry(
    'usage',
    (a: { name: string; example: string }) =>
      `${a.name} holds a password, and a project file is shared.`,
    (a) => `Say where it stands instead: ${a.example}`,
  ),
  config_unset: entry(
    'usage',
    (a: { name: string; variable: string }) =>
      `${a.name} refers to the variable ${a.variable}, which is not set.`,
    (a) => `Set ${a.variable}, or type the option.`,
  ),
  config_foreign: entry(
    'usage',
    (a: { path: string }) =>
      `${a.path} belongs to another user, who could have your calls sent anywhere.`,
    (a) => `If you trust it: --config ${a.path}; to do without it: --no-config`,
  ),

  // The machine
  port_in_use: entry(
    'environment',
    (a: { port: number; next: number; option?: string | undefined }) =>
      `Port ${a.port} is already in use.`,
    (a) => (a.option ? `Try: ${a.option} ${a.next}` : `Try: netcore-hook listen --port ${a.next}`),
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
  listen_fd_invalid: entry(
    'environment',
    (a: { fd: number; reason: string }) =>
      `Descriptor ${a.fd} is no listening TCP socket that was handed over: ${a.reason}.`,
    () => 'Under systemd it is 3: see the man page of systemd.socket.',
  ),
  tunnel_program_missing: entry(
    'environment',
    (a: MissingProgram) => `--tunnel runs ${a.program}, and there is none on the PATH.`,
    howToInstall,
  ),
  tunnel_not_opened: entry(
    'environment',
    (a: { program: 'cloudflared' | 'ssh'; reason: string }) =>
      `${a.program} opened no tunnel: ${a.reason}.`,
    (a) =>
      a.program === 'ssh'
        ? 'Try the same server by hand with ssh: it must let you in without a question, and allow forwarding.'
        : 'It needs https to api.trycloudflare.com, and "429 Too Many Requests" means: in some minutes. Or go through a server of yours: --tunnel ssh:user@host',
  ),
  calls_missing: entry(
    'no',
    (a: { came: number; wanted: number; waited: string | undefined; instead: string }) => {
      const which = a.came > 0 ? `Only ${a.came} of ${a.wanted}` : 'No';
      const matching = a.wanted === 1 || a.came === 0 ? 'matching call' : 'matching calls';
      const time = a.waited === undefined ? '' : ` within ${a.waited}`;
      return `${which} ${matching} came${time}.${a.instead && ` What came instead: ${a.instead}.`}`;
    },
    (a) =>
      a.instead === '' && a.came === 0
        ? 'Look whether calls are posted to the URL of the ready line.'
        : 'What was let in is in the history: netcore-hook history',
  ),
  not_awaited: entry(
    'no',
    (a: { wanted: string; milliseconds: number | undefined; instead: string }) =>
      `No ${a.wanted} came ${a.milliseconds === undefined ? 'before the listener was stopped' : `within ${a.milliseconds} ms`}. ${a.instead}`,
    () => 'hook.calls() holds everything that came; { timeout } is in milliseconds.',
  ),
  not_answered: entry(
    'no',
    (a: { url: string; reason: string }) => `${a.url} gave no answer. ${a.reason}`,
    () => 'Post when the handler listens, to the port that it listens on.',
  ),
  redact_key_not_read: entry(
    'environment',
    (a: { path: string; reason: string }) =>
      `The key for redacting cannot be read from ${a.path}: ${a.reason}.`,
    () => 'Give one with --redact-key, or remove the file: a new key makes new stand-ins.',
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
  store_damaged: entry(
    'environment',
    (a: { path: string; reason: string }) => `The store in ${a.path} is damaged: ${a.reason}.`,
    () =>
      'Stop everything that uses it and start netcore-hook listen: it sets the damaged file aside and copies what can be read.',
  ),
  store_locks_missing: entry(
    'environment',
    (a: { path: string }) =>
      `The file system of ${a.path} grants the same lock to two processes, which would damage the store.`,
    () => 'Keep the store on a local disk, or mount the share with locking.',
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
  redis_url_invalid: entry(
    'usage',
    (a: { reason: string }) => `--queue names no Redis or Valkey server: ${a.reason}.`,
    () => 'Write it like redis://user:password@redis.example.com:6379/0, or rediss:// for TLS.',
  ),
  redis_unreachable: entry(
    'environment',
    (a: { address: string; reason: string }) =>
      `Redis at ${a.address} cannot be used: ${a.reason}.`,
    () => 'Check the URL and that the server runs; nothing that was recorded is lost.',
  ),
  redis_refuses: entry(
    'environment',
    (a: { address: string; reason: string }) =>
      `Redis at ${a.address} lets nobody in: ${a.reason}.`,
    () => 'Give what it asks for in the URL: redis://user:password@redis.example.com:6379/0',
  ),
  redis_too_old: entry(
    'environment',
    (a: { address: string; kind: string; version: string; oldest: string }) =>
      `${a.kind} ${a.version} at ${a.address} is too old to queue calls.`,
    (a) => `Use Redis ${a.oldest} or newer, or any Valkey.`,
  ),
  redis_is_cluster: entry(
    'environment',
    (a: { address: string }) => `Redis at ${a.address} is a cluster, which cannot hold the queue.`,
    () => 'Use one server, with a replica to take its place if need be.',
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
  working_folder_gone: entry(
    'environment',
    () => 'The folder that this was started in is not there any more.',
    () => 'Go to another one: cd',
  ),
  output_failed: entry(
    'environment',
    (a: { reason: string }) => `The output could not be written: ${a.reason}.`,
    () => 'Make room, or send the output somewhere else.',
  ),

  // What was pasted
  paste_empty: entry(
    'no',
    () => 'There is nothing to decode.',
    () => 'Give a form body, its JSON, a curl command or a log line.',
  ),
  paste_binary: entry(
    'no',
    (a: { what: string }) => `This is ${a.what}, not text.`,
    () => 'Unpack or convert it first, and give the text.',
  ),
  paste_not_utf8: entry(
    'no',
    (a: { in: string; offset: number }) => `${a.in} is not UTF-8 at byte ${a.offset}.`,
    () => 'It looks like Latin-1 or another old encoding: have it sent, or saved, as UTF-8.',
  ),
  paste_is_page: entry(
    'no',
    () => 'This is an HTML page, and there is no payload in it.',
    () => 'Give the body of the call that Netcore sent, not the answer to it.',
  ),
  paste_is_answer: entry(
    'no',
    () => 'This is an HTTP response, and there is no payload in it.',
    () => 'Give the request: its body holds the payload.',
  ),
  paste_too_complex: entry(
    'no',
    () => 'Reading stopped: the paste holds too many starts of payloads that lead nowhere.',
    () => 'Paste less of it: only the call that you mean, without the text around it.',
  ),
  payload_not_found: entry(
    'no',
    () => 'No payload was found in what was given.',
    () => 'A payload stands in a form field "data", or is JSON like {"panel": [{"channel": …}]}.',
  ),
  no_data_field: entry(
    'no',
    (a: {
      in: string;
      fields: readonly string[];
      whose?: string | undefined;
      unparsed?: boolean;
    }) =>
      `There is no field "data" in ${a.in}${a.fields.length ? `: it has ${a.fields.join(', ')}` : ''}.`,
    (a) => {
      if (a.whose) return `It looks like ${a.whose}; Netcore CE sends one field, "data".`;
      if (a.unparsed) {
        return 'Put a body parser for forms before the handler, like express.urlencoded().';
      }
      return 'Netcore CE sends a form with one field, "data", whose value is JSON.';
    },
  ),
  data_empty: entry(
    'no',
    () => 'The field "data" is empty.',
    () => 'See what the sender did, or whether the value was lost on the way.',
  ),
  body_elsewhere: entry(
    'no',
    (a: { place: string; hint: string }) => `The command takes its body from ${a.place}.`,
    (a) => a.hint,
  ),
  print_shortened: entry(
    'no',
    (a: { mark: string }) => `The print is shortened at ${a.mark}: what stood there is not in it.`,
    () => 'Print it whole: console.log(JSON.stringify(body)), or console.dir(body, {depth: null}).',
  ),
  value_split: entry(
    'no',
    (a: { offset: number }) =>
      `The value of data is cut by an unescaped "&" (character ${a.offset + 1}): a form ends its field there.`,
    () => 'Have "&" sent as %26; Netcore escapes it.',
  ),
  payload_ends_early: entry(
    'no',
    (a: BrokenJson) => `The JSON is not whole: ${a.reason} (${brokenAt(a)}).`,
    () => 'Copy it again, to its end; --repair closes what is open, and says so.',
  ),
  payload_not_json: entry(
    'no',
    (a: BrokenJson) => `The JSON is broken: ${a.reason} (${brokenAt(a)}).`,
    () => 'Mend it there, or copy it again.',
  ),
  payload_not_panels: entry(
    'no',
    (a: { what: string }) => `The JSON is ${a.what}, not panels with lists of events.`,
    () => 'A payload looks like {"panel": [{"channel": "email", "event": "open", …}]}.',
  ),
  payload_foreign: entry(
    'no',
    (a: { whose: string; sign: string }) => `This is ${a.whose}: it has ${a.sign}.`,
    () =>
      'The journey webhook of Netcore CE sends a form field "data" with panels and their events.',
  ),
  payload_too_deep: entry(
    'no',
    (a: { limit: number }) => `The JSON is nested more than ${a.limit} levels deep.`,
    () => 'A payload of Netcore has five levels or six: see where this came from.',
  ),
  not_as_documented: entry(
    'no',
    (a: { count: number }) =>
      `The payload departs from the documented shape in ${a.count === 1 ? 'one place' : `${a.count} places`}.`,
    () => 'Each is listed above. Without --strict it is decoded all the same.',
  ),
  clipboard_failed: entry(
    'environment',
    (a: { reason: string }) => `The clipboard cannot be read: ${a.reason}.`,
    () => 'Paste it: netcore-hook decode, then Ctrl-D.',
  ),

  // What the inspector was asked for
  inspector_refused: entry(
    'usage',
    (a: { reason: string }) => `The inspector refuses this request: ${a.reason}.`,
    () => 'Open the address that netcore-hook printed, in a browser on this machine.',
  ),
  inspector_method: entry(
    'usage',
    (a: { method: string }) => `The inspector does not serve ${a.method} here.`,
    () => 'Things are read with GET, and done with POST.',
  ),
  inspector_content_type: entry(
    'usage',
    () => 'The inspector takes JSON only.',
    () => 'Say so: Content-Type: application/json',
  ),
  inspector_unreadable: entry(
    'usage',
    (a: { reason: string }) => `The inspector cannot read this request: ${a.reason}.`,
    () => 'The page asks as the inspector understands it: reload it, it may be of another version.',
  ),
  inspector_too_large: entry(
    'usage',
    (a: { most: string }) => `The inspector takes at most ${a.most} at a time.`,
    () => 'What is larger goes through the terminal: netcore-hook decode <file>',
  ),
  inspector_nothing_there: entry(
    'no',
    () => 'There is nothing at this address.',
    () => 'The page is at /.',
  ),
  inspector_busy: entry(
    'environment',
    (a: { streams: number }) => `${a.streams} pages follow already.`,
    () => 'Close some of them.',
  ),
  replay_beyond_loopback: entry(
    'usage',
    (a: { host: string }) =>
      `Captures tell what real people did, and ${a.host} is not this machine.`,
    () => 'Confirm that it may go there.',
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

/** Why a question was not asked: `--json` asks none, else there was nobody to ask. */
interface Unasked {
  readonly json?: boolean;
}

function whyUnasked({ json = false }: Unasked): string {
  return json ? '--json asks nothing' : 'there is no terminal to ask on';
}

interface MissingProgram {
  readonly program: 'cloudflared' | 'ssh';
  readonly platform: string;
}

function howToInstall({ program, platform }: MissingProgram): string {
  const ways = installing[program];
  const way = platform === 'darwin' || platform === 'win32' ? ways[platform] : ways.other;
  return program === 'ssh'
    ? way
    : `${way}; or go through a server of yours: --tunnel ssh:user@host`;
}

const installing = {
  cloudflared: {
    darwin: 'Install it: brew install cloudflared',
    win32: 'Install it: winget install --id Cloudflare.cloudflared',
    other:
      'Install the package cloudflared (Debian, Fedora and others: https://pkg.cloudflare.com), or the file of https://github.com/cloudflare/cloudflared/releases',
  },
  ssh: {
    darwin: 'It comes with macOS, in /usr/bin: put that on the PATH.',
    win32: 'Add "OpenSSH Client" to the optional features of Windows.',
    other: 'Install the package openssh-client (Fedora: openssh-clients, Alpine: openssh).',
  },
};

interface BrokenJson {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  /** Where it stands in the paste, as a byte, when that is known. */
  readonly byte: number;
  readonly excerpt: string;
}

function brokenAt(broken: BrokenJson): string {
  return `line ${broken.line}, column ${broken.column}; byte ${broken.byte} of the input`;
}

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
