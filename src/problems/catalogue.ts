import { plural } from '../amounts.js';
import { assignment } from './assignment.js';
import type { ExitName } from './exit-codes.js';

/**
 * Every problem: its permanent code, exit code and wording (what happened and why; what to do).
 * Output code escapes untrusted arguments.
 */
export const catalogue = {
  // Command line
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
      `Unknown channel "${a.name}".`,
    (a) => (a.nearest ? `Did you mean "${a.nearest}"?` : `Channels: ${a.all.join(', ')}.`),
  ),
  unknown_activity: entry(
    'usage',
    (a: {
      name: string;
      of: string;
      nearest?: string | undefined;
      all: readonly string[];
      elsewhere?: string;
    }) => `Unknown activity "${a.name}" for ${a.of}.`,
    (a) =>
      a.nearest
        ? `Did you mean "${a.nearest}"?`
        : `Activities: ${a.all.join(', ')}.${a.elsewhere ? ` ${a.elsewhere}` : ''}`,
  ),
  path_not_found: entry(
    'usage',
    (a: { option: string; path: string; nearest?: string | undefined }) =>
      `${a.option} has no effect: no event contains "${a.path}".`,
    (a) =>
      a.nearest
        ? `Did you mean "${a.nearest}"?${a.option === '--set' ? ' Add a new key with --add.' : ''}`
        : 'List the keys with netcore-hook samples <channel> <activity>, or add a new key with --add.',
  ),
  no_events: entry(
    'usage',
    (_: Record<string, never>) => '--batch requires events, and the payload contains none.',
    () => 'Pass a payload like {"panel": [{"channel": "email", …}]}.',
  ),
  needs_yes: entry(
    'usage',
    (a: { calls: number; host: string } & NoPrompt) =>
      `Sending ${a.calls} calls to ${a.host} needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes to send them.',
  ),
  contacts_need_yes: entry(
    'usage',
    (a: { file: string; host: string } & NoPrompt) =>
      `Sending events about the people of ${a.file} to ${a.host} needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes to send them.',
  ),
  journey_invalid: entry(
    'usage',
    (a: {
      path: string;
      line: number;
      column: number;
      reason: string;
      hint: string;
      excerpt?: string;
    }) => `${a.path}, line ${a.line}, column ${a.column}: ${a.reason}.`,
    (a) => a.hint,
  ),
  burst_needs_yes: entry(
    'usage',
    (a: { atOnce: number; host: string } & NoPrompt) =>
      `A burst of ${a.atOnce} concurrent calls to ${a.host} needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes if you are allowed to load that server.',
  ),
  report_unknown: entry(
    'usage',
    (a: { path: string; extensions: readonly string[] }) =>
      `--report does not support the file extension of "${a.path}".`,
    (a) => `Supported extensions: ${a.extensions.map((each) => `.${each}`).join(', ')}.`,
  ),
  no_answer: entry(
    'environment',
    (a: { url: string; failure?: { code: string; reason: string } | undefined }) =>
      `No call received a response from ${a.url}.${a.failure ? ` ${a.failure.reason}` : ''}`,
    (a) =>
      a.failure?.code === 'tls_failed'
        ? 'Correct the TLS settings of the server or the URL. For a certificate that you trust: --insecure'
        : 'Check the URL and that its server is running. To start a local endpoint: netcore-hook listen',
  ),
  needs_terminal: entry(
    'usage',
    (a: { what: string; flag: string; also?: string } & NoPrompt) =>
      `${a.what} is required, but ${whyNoPrompt(a)}.`,
    (a) => `Pass it with ${a.flag}.${a.also ?? ''}`,
  ),

  credentials_invalid: entry(
    'usage',
    (a: { option: string; reason: string }) =>
      `${a.option} does not contain valid credentials: ${a.reason}.`,
    (a) =>
      `Write it like ${assignment(a.option, 'user:password')} or ${assignment(a.option, '@file')}.`,
  ),
  listen_unprotected: entry(
    'usage',
    (a: { host: string }) => `Refusing to listen on ${a.host} without authentication.`,
    () => 'Pass --auth user:password or --allow <address>, or --unprotected to listen anyway.',
  ),
  tunnel_needs_auth: entry(
    'usage',
    () => 'Refusing to open a public tunnel without authentication.',
    () => 'Pass --auth user:password, or --auth generate to create credentials.',
  ),
  tunnel_hides_clients: entry(
    'usage',
    () => '--allow does not work with an ssh tunnel: every call appears to come from this machine.',
    () =>
      'Remove --allow, or use --tunnel without ssh: cloudflared passes on the address of each client.',
  ),
  no_such_capture: entry(
    'no',
    (a: { reference: string }) => `Capture ${a.reference} does not exist.`,
    () => 'Try: netcore-hook history list',
  ),
  ambiguous_id: entry(
    'no',
    (a: { reference: string; ids: readonly string[] }) =>
      `${a.reference} matches several ids: ${a.ids.join(', ')}.`,
    () => 'Type more characters of the id.',
  ),
  no_such_event: entry(
    'no',
    (a: { reference: string; events: number }) =>
      `Event ${a.reference} does not exist: the capture holds ${a.events === 1 ? 'one event' : `${a.events} events`}.`,
    () => 'Events are numbered from 1; netcore-hook history show <id> lists them.',
  ),
  capture_without_payload: entry(
    'no',
    (a: { id: string; reason: string }) => `Capture ${a.id} has no payload: ${a.reason}`,
    (a) => `To send its body unchanged: netcore-hook replay ${a.id}`,
  ),
  nothing_selected: entry(
    'usage',
    () => 'replay requires a selection of captures.',
    () => 'Try: netcore-hook replay last, or --last 20, or --since 2h',
  ),
  nothing_to_replay: entry(
    'no',
    () => 'No capture matches, so nothing was sent.',
    () => 'List the captures: netcore-hook history list',
  ),
  target_missing: entry(
    'usage',
    () => 'replay requires a target URL.',
    () => 'Try: --to :3000/hook (or set NETCORE_HOOK_TO)',
  ),
  replay_needs_yes: entry(
    'usage',
    (a: { host: string } & NoPrompt) =>
      `Replaying real captures to ${a.host} needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes to replay them.',
  ),
  replay_loop: entry(
    'usage',
    (a: { url: string }) =>
      `${a.url} is the listener that records into this store, so it would record each replay again.`,
    () => 'Pass the URL of your endpoint with --to, or choose another --store.',
  ),
  forward_loop: entry(
    'usage',
    (a: { url: string }) =>
      `${a.url} is the listener itself, so it would forward each call to itself in a loop.`,
    () => 'Pass the URL of your endpoint with --forward-to, or choose another --port.',
  ),
  record_invalid: entry(
    'no',
    (a: { file: string; line: number; reason: string }) =>
      `Line ${a.line} of ${a.file} is not an exported capture: ${a.reason}.`,
    () => 'Pass a file written by netcore-hook history export.',
  ),
  contacts_invalid: entry(
    'usage',
    (a: { file: string; line: number; reason: string }) =>
      `Line ${a.line} of ${a.file} cannot be used: ${a.reason}.`,
    () => 'Pass a CSV file with a header line, such as email,mobile,first name.',
  ),
  prune_needs_yes: entry(
    'usage',
    (a: { captures: number; estimated?: boolean } & NoPrompt) =>
      `Removing ${a.estimated ? 'about ' : ''}${plural(a.captures, 'capture')} permanently needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes to remove them.',
  ),
  erase_needs_yes: entry(
    'usage',
    (a: { events: number } & NoPrompt) =>
      `Erasing ${plural(a.events, 'event')} permanently needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Look first with --dry-run, then pass --yes.',
  ),
  store_not_rewritten: entry(
    'environment',
    (a: { path: string; reason: string }) =>
      `${a.path} could not be rewritten, so its free space may still hold what was removed: ${a.reason}.`,
    () =>
      'Free disk space of twice its size, close other programs that read it, and repeat the command.',
  ),
  drop_needs_yes: entry(
    'usage',
    (a: { calls: number } & NoPrompt) =>
      `Dropping ${plural(a.calls, 'call')} from the queue permanently needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes to drop them.',
  ),
  not_queued: entry(
    'no',
    (a: { ids: readonly string[] }) =>
      `${a.ids.join(', ')} ${a.ids.length === 1 ? 'is' : 'are'} not in this queue, so nothing changed.`,
    (a) => `See its attempts: netcore-hook history show ${a.ids[0]}`,
  ),
  retry_needs_yes: entry(
    'usage',
    (a: { calls: number } & NoPrompt) =>
      `Sending ${plural(a.calls, 'delivered call')} again needs confirmation, but ${whyNoPrompt(a)}.`,
    () => 'Pass --yes to send them, or --dry-run to count them.',
  ),
  move_meets_listener: entry(
    'no',
    (a: { pid: number; redis: string }) =>
      `Process ${a.pid} hands the calls of this store over to ${a.redis}, so they would not stay in the store.`,
    () => 'Stop it, and repeat the command.',
  ),
  move_paused: entry(
    'no',
    (a: { target: string; resume: string }) =>
      `${a.target} is paused. Its calls would be sent after the move.`,
    (a) => `To let them be sent: ${a.resume}`,
  ),
  target_unclear: entry(
    'usage',
    (a: { targets: readonly string[] }) =>
      a.targets.length === 0
        ? 'These captures were recorded without a target, and the store has none.'
        : `These captures were recorded without a target, and the store has several: ${a.targets.slice(0, 5).join(', ')}.`,
    () => 'Pass the URL of the handler with --to.',
  ),
  id_not_whole: entry(
    'no',
    (a: { reference: string }) =>
      `${a.reference} is not a complete id, and this machine has no store to complete it from.`,
    () => 'Pass all sixteen characters, as listed by netcore-hook queue list --json.',
  ),
  not_repeatable: entry(
    'no',
    (a: { url: string }) =>
      `The responses of ${a.url} are not repeatable: the same events failed, then passed.`,
    () => 'Look for deduplication, rate limits, random failures or other state in the handler.',
  ),
  not_a_batch: entry(
    'no',
    (a: { id: string; events: number }) =>
      `${a.id} contains ${a.events === 0 ? 'no event' : 'one event'}, so there is nothing to bisect.`,
    () => 'Choose a capture with several events: netcore-hook history list',
  ),
  header_invalid: entry(
    'usage',
    (a: { option: string; reason: string }) => `${a.option} is not a valid header: ${a.reason}.`,
    (a) => `Write it like ${a.option} 'X-Shop: north'.`,
  ),
  interrupted: entry(
    'interrupted',
    () => 'Interrupted.',
    () => 'No changes were left incomplete.',
  ),

  // Project file
  config_not_json: entry(
    'usage',
    (a: { path: string; reason: string; line: number; column: number }) =>
      `${a.path} is not valid JSON: ${a.reason} (line ${a.line}, column ${a.column}).`,
    () => 'Use plain JSON, without comments or trailing commas.',
  ),
  config_invalid: entry(
    'usage',
    (a: { name: string; reason: string; hint: string }) => `${a.name} ${a.reason}.`,
    (a) => a.hint,
  ),
  config_unknown_key: entry(
    'usage',
    (a: { name: string; nearest?: string | undefined }) => `${a.name} is not a known setting.`,
    (a) =>
      a.nearest
        ? `Did you mean "${a.nearest}"?`
        : 'List all settings: netcore-hook config --no-config',
  ),
  config_not_settable: entry(
    'usage',
    (a: { name: string; reason: string; flag: string }) =>
      `${a.name} is not allowed in a project file: ${a.reason}.`,
    (a) => `Remove it from the file, and pass ${a.flag} on the command line when you need it.`,
  ),
  config_secret: entry(
    'usage',
    (a: { name: string; example: string }) =>
      `${a.name} contains a password, and project files are shared.`,
    (a) => `Refer to the password instead: ${a.example}`,
  ),
  config_unset: entry(
    'usage',
    (a: { name: string; variable: string }) =>
      `${a.name} refers to the environment variable ${a.variable}, which is not set.`,
    (a) => `Set ${a.variable}, or pass the option on the command line.`,
  ),
  config_foreign: entry(
    'usage',
    (a: { path: string }) => `${a.path} belongs to another user, who could redirect your calls.`,
    (a) => `To use it anyway: --config ${a.path}; to ignore it: --no-config`,
  ),

  config_untrusted: entry(
    'usage',
    (a: { name: string; reason: string; path: string }) =>
      `${a.name} ${a.reason}. This project file is not trusted.`,
    (a) => `To trust it: --config ${a.path}; to ignore it: --no-config`,
  ),

  // Environment
  port_in_use: entry(
    'environment',
    (a: { port: number; next: number; option?: string | undefined }) =>
      `Port ${a.port} is already in use.`,
    (a) => (a.option ? `Try: ${a.option} ${a.next}` : `Try: netcore-hook listen --port ${a.next}`),
  ),
  port_forbidden: entry(
    'environment',
    (a: { port: number }) =>
      `Listening on port ${a.port} requires privileges that this user does not have.`,
    () => 'Choose a port above 1023, or put a reverse proxy in front.',
  ),
  address_not_here: entry(
    'environment',
    (a: { host: string }) => `No network interface of this machine has the address ${a.host}.`,
    () => 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for every interface.',
  ),
  tls_invalid: entry(
    'environment',
    (a: { reason: string }) => `Cannot use the TLS certificate and key: ${a.reason}.`,
    () => 'Pass a PEM certificate with its chain (--tls-cert) and its private key (--tls-key).',
  ),
  listen_fd_invalid: entry(
    'environment',
    (a: { fd: number; reason: string }) =>
      `File descriptor ${a.fd} is not an inherited listening TCP socket: ${a.reason}.`,
    () => 'systemd passes the first socket as --listen-fd 3; see the man page of systemd.socket.',
  ),
  tunnel_program_missing: entry(
    'environment',
    (a: MissingProgram) => `--tunnel requires ${a.program}, which is not on the PATH.`,
    howToInstall,
  ),
  tunnel_not_opened: entry(
    'environment',
    (a: { program: 'cloudflared' | 'ssh'; reason: string }) =>
      `${a.program} could not open a tunnel: ${a.reason}.`,
    (a) =>
      a.program === 'ssh'
        ? 'Connect to the same server with ssh: it must log you in without a prompt and allow port forwarding.'
        : 'Check that https to api.trycloudflare.com works; after "429 Too Many Requests", retry in a few minutes. Or use your own server: --tunnel ssh:user@host',
  ),
  calls_missing: entry(
    'no',
    (a: { arrived: number; wanted: number; waited: string | undefined; instead: string }) => {
      const which = a.arrived > 0 ? `Only ${a.arrived} of ${a.wanted}` : 'No';
      const matching = a.wanted === 1 || a.arrived === 0 ? 'matching call' : 'matching calls';
      const time = a.waited === undefined ? '' : ` within ${a.waited}`;
      return `${which} ${matching} arrived${time}.${a.instead && ` Other calls arrived: ${a.instead}.`}`;
    },
    (a) =>
      a.instead === '' && a.arrived === 0
        ? 'Check that calls are posted to the URL of the ready line.'
        : 'List the received calls: netcore-hook history',
  ),
  not_awaited: entry(
    'no',
    (a: { wanted: string; milliseconds: number | undefined; instead: string }) =>
      `No ${a.wanted} arrived ${a.milliseconds === undefined ? 'before the listener stopped' : `within ${a.milliseconds} ms`}. ${a.instead}`,
    () => 'hook.calls() returns every received call; { timeout } is in milliseconds.',
  ),
  not_answered: entry(
    'no',
    (a: { url: string; reason: string }) => `${a.url} did not respond. ${a.reason}`,
    () => 'Post after the handler has started, to the port it listens on.',
  ),
  redact_key_not_read: entry(
    'environment',
    (a: { path: string; reason: string }) =>
      `Cannot read the redaction key from ${a.path}: ${a.reason}.`,
    () => 'Pass a key with --redact-key, or remove the file: a new key creates new pseudonyms.',
  ),
  store_missing: entry(
    'environment',
    (a: { path: string }) => `No store exists in ${a.path}.`,
    () => 'netcore-hook listen creates it. Choose another folder with --store.',
  ),
  store_not_writable: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot store captures in ${a.path}: ${a.reason}.`,
    () => 'Choose a folder you can write to with --store.',
  ),
  store_not_opened: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot open the store in ${a.path}: ${a.reason}.`,
    () => 'The store is unchanged. Choose another folder with --store.',
  ),
  sqlite_missing: entry(
    'environment',
    (a: { reason: string }) => `Cannot load SQLite: ${a.reason}.`,
    () =>
      'Install netcore-hook again on this machine, with its optional packages. Node 24.15 or newer needs none.',
  ),
  store_not_written: entry(
    'environment',
    (a: { reason: string }) => `Cannot record the call: ${a.reason}.`,
    () => 'The sender received 503. Free disk space or check the disk.',
  ),
  store_damaged: entry(
    'environment',
    (a: { path: string; reason: string }) => `The store in ${a.path} is damaged: ${a.reason}.`,
    () =>
      'Stop every process that uses it and start netcore-hook listen: it renames the damaged file and copies the readable captures.',
  ),
  store_locks_missing: entry(
    'environment',
    (a: { path: string }) =>
      `The file system of ${a.path} does not lock files: two processes got the same lock, which would damage the store.`,
    () => 'Move the store to a local disk, or mount the share with locking.',
  ),
  store_foreign: entry(
    'environment',
    (a: { path: string }) => `${a.path} is a database of another program.`,
    () => 'The file is unchanged. Choose another folder with --store.',
  ),
  store_newer: entry(
    'environment',
    (a: { path: string }) => `${a.path} was written by a newer netcore-hook.`,
    () => 'Update netcore-hook, or choose another folder with --store.',
  ),
  redis_url_invalid: entry(
    'usage',
    (a: { reason: string }) => `--queue is not a valid Redis or Valkey URL: ${a.reason}.`,
    () => 'Write it like redis://user:password@redis.example.com:6379/0, or rediss:// for TLS.',
  ),
  redis_unreachable: entry(
    'environment',
    (a: { address: string; reason: string }) => `Cannot use Redis at ${a.address}: ${a.reason}.`,
    () => 'Check the URL and that the server is running. Recorded calls are not lost.',
  ),
  redis_refuses: entry(
    'environment',
    (a: { address: string; reason: string }) =>
      `Redis at ${a.address} rejected the login: ${a.reason}.`,
    () => 'Put the credentials in the URL: redis://user:password@redis.example.com:6379/0',
  ),
  redis_right_missing: entry(
    'environment',
    (a: { address: string; reason: string }) =>
      `Redis at ${a.address} denied a command: ${a.reason}.`,
    () =>
      'Grant the user what the queue needs: ACL SETUSER <user> ~netcore-hook:* +@all -@dangerous +info',
  ),
  redis_too_old: entry(
    'environment',
    (a: { address: string; kind: string; version: string; oldest: string }) =>
      `${a.kind} ${a.version} at ${a.address} is too old to queue calls.`,
    (a) => `Use Redis ${a.oldest} or newer, or any Valkey.`,
  ),
  redis_is_cluster: entry(
    'environment',
    (a: { address: string }) =>
      `Redis at ${a.address} is a cluster, which the queue does not support.`,
    () => 'Use a single server, with a replica for failover if needed.',
  ),
  file_not_written: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot write ${a.path}: ${a.reason}.`,
    () => 'Check the path and its permissions.',
  ),
  not_watched: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot watch ${a.path}: ${a.reason}.`,
    () =>
      'Check the path, or watch fewer folders: --watch src. On Linux, fs.inotify.max_user_watches limits their number.',
  ),
  file_not_read: entry(
    'environment',
    (a: { path: string; reason: string }) => `Cannot read ${a.path}: ${a.reason}.`,
    () => 'Check the path and its permissions.',
  ),
  home_unknown: entry(
    'environment',
    (_: { instead: string }) => 'This user has no home folder.',
    (a) => `Set HOME, or ${a.instead}.`,
  ),
  working_folder_gone: entry(
    'environment',
    () => 'The working folder no longer exists.',
    () => 'Change to an existing folder with cd.',
  ),
  output_failed: entry(
    'environment',
    (a: { reason: string }) => `Cannot write the output: ${a.reason}.`,
    () => 'Free disk space, or redirect the output elsewhere.',
  ),

  // Pasted input
  paste_empty: entry(
    'no',
    (a: { to?: 'encode' }) => `There is nothing to ${a.to ?? 'decode'}.`,
    (a) =>
      a.to === 'encode'
        ? 'Pass the JSON of a payload.'
        : 'Pass a form body, its JSON, a curl command or a log line.',
  ),
  paste_binary: entry(
    'no',
    (a: { what: string }) => `This is ${a.what}, not text.`,
    () => 'Decompress it or convert it to text first.',
  ),
  paste_not_utf8: entry(
    'no',
    (a: { in: string; offset: number }) => `${a.in} is not UTF-8 at byte ${a.offset}.`,
    () => 'It looks like Latin-1 or another legacy encoding. Send or save it as UTF-8.',
  ),
  paste_is_page: entry(
    'no',
    () => 'This is an HTML page without a payload.',
    () => 'Pass the body of the request that Netcore sent, not the response to it.',
  ),
  paste_is_answer: entry(
    'no',
    () => 'This is an HTTP response without a payload.',
    () => 'Pass the request: its body contains the payload.',
  ),
  paste_too_complex: entry(
    'no',
    () => 'Decoding stopped: the input contains too many incomplete payloads.',
    () => 'Paste only the call you need, without the text around it.',
  ),
  payload_not_found: entry(
    'no',
    () => 'The input contains no payload.',
    () => 'A payload is a form field "data", or JSON like {"panel": [{"channel": …}]}.',
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
        return 'Add a form body parser before the handler, such as express.urlencoded().';
      }
      return 'Netcore CE sends a form with one field, "data", whose value is JSON.';
    },
  ),
  data_empty: entry(
    'no',
    () => 'The field "data" is empty.',
    () => 'Check what the sender sent, and whether the value was lost in transit.',
  ),
  body_elsewhere: entry(
    'no',
    (a: { location: string; hint: string }) => `The command reads its body from ${a.location}.`,
    (a) => a.hint,
  ),
  print_shortened: entry(
    'no',
    (a: { mark: string }) =>
      `The printed value is truncated at ${a.mark}, so part of the payload is missing.`,
    () =>
      'Print the whole value: console.log(JSON.stringify(body)), or console.dir(body, {depth: null}).',
  ),
  quotes_missing: entry(
    'no',
    () => 'The JSON has lost its quotes.',
    () => 'PowerShell removes them from arguments. Save the JSON in a file and pass the file.',
  ),
  value_split: entry(
    'no',
    (a: { offset: number }) =>
      `An unescaped "&" (character ${a.offset + 1}) ends the value of "data" early.`,
    () => 'Send "&" as %26, as Netcore does.',
  ),
  payload_ends_early: entry(
    'no',
    (a: BrokenJson & { encoding?: true }) =>
      `The JSON is incomplete: ${a.reason} (${brokenAt(a)}).`,
    (a) =>
      a.encoding
        ? 'Copy it again to its end.'
        : 'Copy it again to its end, or pass --repair to close what is open.',
  ),
  payload_not_json: entry(
    'no',
    (a: BrokenJson) => `The JSON is invalid: ${a.reason} (${brokenAt(a)}).`,
    () => 'Correct it there, or copy it again.',
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
    () => 'A Netcore payload has five or six levels. Check where this one came from.',
  ),
  not_as_documented: entry(
    'no',
    (a: { count: number }) =>
      `The payload differs from the documented shape in ${a.count === 1 ? 'one place' : `${a.count} places`}.`,
    () => 'Each is listed above. Remove --strict to accept the payload.',
  ),
  clipboard_failed: entry(
    'environment',
    (a: { reason: string }) => `Cannot read the clipboard: ${a.reason}.`,
    () => 'Run netcore-hook decode, paste the text and press Ctrl-D.',
  ),

  // Inspector requests
  inspector_refused: entry(
    'usage',
    (a: { reason: string }) => `The inspector refused this request: ${a.reason}.`,
    () => 'Open the URL that netcore-hook printed, in a browser on this machine.',
  ),
  inspector_method: entry(
    'usage',
    (a: { method: string }) => `The inspector does not support ${a.method} here.`,
    () => 'Use GET to read and POST to change something.',
  ),
  inspector_content_type: entry(
    'usage',
    () => 'The inspector accepts only JSON.',
    () => 'Set the header Content-Type: application/json',
  ),
  inspector_unreadable: entry(
    'usage',
    (a: { reason: string }) => `The inspector cannot read this request: ${a.reason}.`,
    () => 'Reload the page: it may belong to another version.',
  ),
  inspector_too_large: entry(
    'usage',
    (a: { limit: string }) => `The inspector accepts at most ${a.limit} per request.`,
    () => 'Use the terminal for larger input: netcore-hook decode <file>',
  ),
  inspector_nothing_there: entry(
    'no',
    () => 'There is nothing at this address.',
    () => 'The page is at /.',
  ),
  inspector_busy: entry(
    'environment',
    (a: { streams: number }) => `The maximum of ${a.streams} open inspector pages is reached.`,
    () => 'Close some connections.',
  ),
  replay_beyond_loopback: entry(
    'usage',
    (a: { host: string }) => `Replaying real captures to ${a.host} needs confirmation.`,
    () => 'Confirm that they may leave this machine.',
  ),

  bug: entry(
    'bug',
    (a: { message: string }) => `This is a bug in netcore-hook: ${a.message}`,
    () => 'Run it again with --verbose and report the output.',
  ),
} as const;

export type ProblemCode = keyof typeof catalogue;
export type ProblemArguments<C extends ProblemCode> = Parameters<
  (typeof catalogue)[C]['message']
>[0];

/** Why there was no prompt: `--json` disables prompts, otherwise a terminal is missing. */
interface NoPrompt {
  readonly json?: boolean;
}

function whyNoPrompt({ json = false }: NoPrompt): string {
  return json ? '--json disables prompts' : 'there is no terminal to prompt on';
}

interface MissingProgram {
  readonly program: 'cloudflared' | 'ssh';
  readonly platform: string;
}

function howToInstall({ program, platform }: MissingProgram): string {
  const ways = installing[program];
  const way = platform === 'darwin' || platform === 'win32' ? ways[platform] : ways.other;
  return program === 'ssh' ? way : `${way}; or use your own server: --tunnel ssh:user@host`;
}

const installing = {
  cloudflared: {
    darwin: 'Install it: brew install cloudflared',
    win32: 'Install it: winget install --id Cloudflare.cloudflared',
    other:
      'Install the package cloudflared (Debian, Fedora and others: https://pkg.cloudflare.com), or the binary from https://github.com/cloudflare/cloudflared/releases',
  },
  ssh: {
    darwin: 'macOS has ssh in /usr/bin: add that folder to the PATH.',
    win32: 'Add "OpenSSH Client" to the optional features of Windows.',
    other: 'Install the package openssh-client (Fedora: openssh-clients, Alpine: openssh).',
  },
};

interface BrokenJson {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  /** The position in the paste as a byte offset, when known. */
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
