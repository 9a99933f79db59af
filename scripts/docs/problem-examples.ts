import type { ProblemArguments, ProblemCode } from '../../src/problems/catalogue.js';

/** An example of each problem and its possible cause. The compiler requires every code. */
export const problemExamples: {
  readonly [C in ProblemCode]: readonly [args: ProblemArguments<C>, cause: string];
} = {
  usage: [
    { message: 'history stats takes no --limit.', hint: 'It belongs to history list.' },
    'The command line is incomplete, or its options contradict each other. The message names them.',
  ],
  unknown_command: [
    { message: "Unknown command 'sned'.", hint: 'Did you mean send?' },
    'The first word is the command. Options may precede or follow it.',
  ],
  unknown_option: [
    { message: "Unknown option '--chanel'.", hint: 'Did you mean --channel?' },
    'The option belongs to another command, or is misspelt.',
  ],
  invalid_value: [
    {
      what: '--wait',
      value: '30',
      reason: 'it is not a duration',
      hint: 'Write it like 250ms, 10s, 5m or 24h.',
    },
    'An option or environment variable has an invalid value.',
  ],
  unknown_channel: [
    { name: 'mail', nearest: 'email', all: [] },
    'Netcore knows seven channels; `netcore-hook samples` lists them.',
  ],
  unknown_activity: [
    { name: 'bounced_hard', of: 'email', nearest: 'bounce', all: [] },
    'Each channel has its own activities. The spellings that Netcore uses (`Clicked`, `opened`) are accepted.',
  ],
  path_not_found: [
    { option: '--set', path: 'event_params.emial', nearest: 'event_params.email' },
    'Paths start inside an event, and dots separate their parts. `--set` only replaces existing values.',
  ],
  no_events: [{}, 'The payload of `--data` or `--like` has panels without events.'],
  needs_yes: [
    { calls: 20, host: 'shop.example.com' },
    'Several calls to another machine require confirmation, and no prompt was possible.',
  ],
  contacts_need_yes: [
    { file: 'contacts.csv', host: '127.0.0.1:3000' },
    'A handler that receives events about real people may call them. That requires confirmation, and no prompt was possible.',
  ],
  journey_invalid: [
    {
      path: 'sale.json',
      line: 12,
      column: 7,
      reason: 'there is no node "reminded"',
      hint: 'Nodes: reminder, read, opened.',
    },
    'The file is not a journey: it is not JSON, a key or a value is wrong, it loops, or a part of it can never happen.',
  ],
  burst_needs_yes: [
    { atOnce: 20, host: 'shop.example.com' },
    'A load test on another machine can look like an attack. It requires confirmation, and no prompt was possible.',
  ],
  not_watched: [
    { path: '/home/asha/shop', reason: 'the system allows no more watches' },
    'A path of `--watch` does not exist, cannot be read, or contains too many folders.',
  ],
  report_unknown: [
    { path: 'ready.pdf', extensions: ['html', 'xml', 'json', 'md'] },
    'The file extension selects the format of the report.',
  ],
  no_answer: [
    {
      url: 'http://127.0.0.1:3000/hook',
      failure: { code: 'connection_refused', reason: 'Nothing is listening at 127.0.0.1:3000.' },
    },
    'Every attempt failed before a response arrived: nothing listens there, the host name is unknown, TLS failed, or the request timed out.',
  ],
  needs_terminal: [
    { what: 'The password of "netcore"', flag: '--auth netcore:password, or --auth @file' },
    'The command would prompt for this value, but there is no terminal, or `--json` disables prompts.',
  ],
  credentials_invalid: [
    { option: '--auth', reason: 'the user name is missing' },
    'Credentials are a user name and a password separated by a colon, or a file of such lines.',
  ],
  listen_unprotected: [
    { host: '0.0.0.0' },
    '`--host` is not a loopback address. Without authentication, any client could fill the store.',
  ],
  tunnel_needs_auth: [
    undefined,
    'A tunnel gives the listener a public URL, so authentication is required.',
  ],
  tunnel_hides_clients: [
    undefined,
    'The ssh server does not pass on client addresses, so `--allow` would accept all clients or none.',
  ],
  no_such_capture: [
    { reference: '1pbv5ggaw0' },
    'It was removed (`--keep-for`, `--keep-size`, `--keep`, `history prune`), it is in another store (`--store`, `--profile`), or the id contains a typing error.',
  ],
  ambiguous_id: [
    { reference: '1pbv', ids: ['1pbv5ggaw0', '1pbv5gh37k'] },
    'Calls received shortly after each other have ids with a common prefix. Ten characters are always enough.',
  ],
  no_such_event: [
    { reference: '1pbv5ggaw0.3', events: 2 },
    'The number after the dot is the position of the event in its batch.',
  ],
  capture_without_payload: [
    { id: '1pbv5ggaw0', reason: 'There is no field "data" in the body.' },
    'The listener records calls with any body. Only calls with a payload can be modified and replayed.',
  ],
  nothing_selected: [
    undefined,
    '`replay` has no default selection, so that it never replays a whole store by accident.',
  ],
  nothing_to_replay: [undefined, 'The filters match no capture, or the store is empty.'],
  target_missing: [undefined, 'Captures contain personal data, so `replay` has no default target.'],
  replay_needs_yes: [
    { host: 'shop.example.com' },
    'The target is not on loopback, and no prompt was possible.',
  ],
  replay_loop: [
    { url: 'http://127.0.0.1:4400/' },
    'Each replay would add its own calls to the captures that it reads.',
  ],
  forward_loop: [
    { url: 'http://127.0.0.1:4400/' },
    '`--forward-to` is the URL of the listener itself.',
  ],
  record_invalid: [
    { file: 'captures.jsonl', line: 7, reason: 'it is not JSON' },
    'The file was modified, truncated, or written by another program. Nothing was imported or replayed.',
  ],
  contacts_invalid: [
    { file: 'contacts.csv', line: 7, reason: '"asha" is not an e-mail address' },
    'A contact of --contacts is unusable. Nothing was sent.',
  ],
  prune_needs_yes: [
    { captures: 1200 },
    'Pruned captures cannot be restored, and no prompt was possible.',
  ],
  retry_needs_yes: [
    { calls: 412 },
    'The handler accepted these calls before, and no prompt was possible. Nothing was sent.',
  ],
  move_meets_listener: [
    { pid: 4711, redis: 'redis://127.0.0.1:6379' },
    'A listener that runs with `--queue` would hand the returned calls over again. Nothing was moved.',
  ],
  move_paused: [
    {
      target: 'http://127.0.0.1:3000/hook',
      resume: 'netcore-hook queue resume',
    },
    'A pause holds for one queue, and does not move with the calls. Nothing was moved.',
  ],
  target_unclear: [
    { targets: ['http://127.0.0.1:3000/hook', 'http://127.0.0.1:4000/crm'] },
    'Captures that were recorded without --forward-to have no handler to go to.',
  ],
  erase_needs_yes: [
    { events: 12 },
    'Erased events cannot be restored, and no prompt was possible.',
  ],
  store_not_rewritten: [
    {
      path: '/home/asha/.local/share/netcore-hook/default/captures.db',
      reason: 'the disk is full',
    },
    'Rewriting the file takes disk space of up to twice its size, and waits for programs that read it, such as a backup.',
  ],
  drop_needs_yes: [
    { calls: 3 },
    'Dropped calls are never forwarded, and no prompt was possible. The captures stay.',
  ],
  not_queued: [
    { ids: ['1pbv5ggaw0'] },
    'The call was never queued, was already dropped, or is in a queue on Redis: pass its URL with `--queue`.',
  ],
  id_not_whole: [
    { reference: '1pbv5ggaw0' },
    'A queue on Redis accepts complete ids only. Short ids require the store of the listener.',
  ],
  not_repeatable: [
    { url: 'http://127.0.0.1:3000/hook' },
    '`--bisect` tries each result again. A handler that remembers events, or fails at random, gives none.',
  ],
  not_a_batch: [
    { id: '1pbv5ggaw0', events: 1 },
    '`--bisect` finds the events of a batch that an endpoint fails on.',
  ],
  header_invalid: [
    { option: '--header', reason: 'it has no colon' },
    'A header is a name, a colon and a value, without line feeds.',
  ],
  interrupted: [undefined, 'The process received Ctrl-C, or SIGTERM (exit code 143).'],
  config_not_json: [
    { path: 'netcore-hook.config.json', reason: 'a comma is missing', line: 3, column: 5 },
    'The project file is in the working folder or a parent folder.',
  ],
  config_invalid: [
    {
      name: 'port (netcore-hook.config.json:3)',
      reason: 'is "eighty", and a port is a number',
      hint: 'Write it like 4400.',
    },
    'A setting has a value that its option would also reject. [Configuration](configuration.md) lists the settings.',
  ],
  config_unknown_key: [
    { name: 'porf (netcore-hook.config.json:3)', nearest: 'port' },
    'Unknown keys are errors, so that a typing error is not silently ignored.',
  ],
  config_not_settable: [
    {
      name: 'insecure (netcore-hook.config.json:4)',
      reason: 'it weakens protection',
      flag: '--insecure',
    },
    'A file from a repository must not run commands or weaken security on your machine.',
  ],
  config_secret: [
    {
      name: 'auth (netcore-hook.config.json:5)',
      example: '"auth": {"env": "SHOP_AUTH"}, or "@file"',
    },
    'Project files are committed. Passwords must not be.',
  ],
  config_unset: [
    { name: 'auth (netcore-hook.config.json:5)', variable: 'SHOP_AUTH' },
    'The project file reads this value from the environment.',
  ],
  config_foreign: [
    { path: '/tmp/netcore-hook.config.json' },
    'The file is in a parent folder that other users may write to.',
  ],
  config_untrusted: [
    {
      name: '"auth" in /home/asha/shop/netcore-hook.config.json:3',
      reason: 'names a file outside the project: /home/asha/.git-credentials',
      path: '/home/asha/shop/netcore-hook.config.json',
    },
    'The file was found in the working folder or above it, and could come from a cloned repository. [Configuration](configuration.md#trust) explains what such a file may set.',
  ],
  port_in_use: [
    { port: 4400, next: 4402 },
    'Another program listens on the port, often another netcore-hook: `netcore-hook status` lists the running listeners.',
  ],
  home_unknown: [
    { instead: 'choose a folder with --store' },
    'HOME is not set, and the system has no entry for this user, as in a container with a user id of its own. Pass `--store`, or set `HOME`.',
  ],
  working_folder_gone: [
    {},
    'The folder was removed or replaced, often by a build or from another terminal. `cd` into the new one.',
  ],
  port_forbidden: [{ port: 80 }, 'Ports up to 1023 are reserved for privileged programs.'],
  address_not_here: [
    { host: '203.0.113.9' },
    '`--host` is an address of this machine. To filter the addresses of clients, use `--allow`.',
  ],
  tls_invalid: [
    { reason: 'the key does not belong to the certificate' },
    'The files of `--tls-cert` and `--tls-key` are unreadable, are not PEM, or do not match each other.',
  ],
  listen_fd_invalid: [
    { fd: 3, reason: 'it is a file' },
    '`--listen-fd` takes a socket that the parent process opened, such as systemd.',
  ],
  tunnel_program_missing: [
    { program: 'cloudflared', platform: 'linux' },
    'A separate program opens the tunnel. It is not part of netcore-hook.',
  ],
  tunnel_not_opened: [
    { program: 'ssh', reason: 'Permission denied (publickey)' },
    'The program exited, or did not report a public URL in time.',
  ],
  calls_missing: [
    { arrived: 1, wanted: 3, waited: '30s', instead: 'sms delivered' },
    '`--wait` expired before `--exit-after` was reached. Calls that do not match `-c`, `-e` and `--panel` do not count.',
  ],
  not_awaited: [
    {
      wanted: 'rcs click',
      milliseconds: 5000,
      instead: 'Other calls arrived: rcs delivered.',
    },
    'In `netcore-hook/testing`: `waitForEvent` timed out.',
  ],
  not_answered: [
    { url: 'http://127.0.0.1:3000/hook', reason: 'Nothing listens there.' },
    'In `netcore-hook/testing`: an event could not be posted.',
  ],
  redact_key_not_read: [
    { path: '~/.local/share/netcore-hook/default/redact.key', reason: 'permission denied' },
    'The file belongs to another user, or is empty.',
  ],
  store_missing: [
    { path: '~/.local/share/netcore-hook/default' },
    'No call was recorded yet, or `--store` and `--profile` select another store than the listener uses.',
  ],
  store_not_writable: [
    { path: '/var/lib/shop', reason: 'permission denied' },
    'The folder cannot be created or written to, or its disk is full.',
  ],
  store_not_opened: [
    { path: '~/.local/share/netcore-hook/default', reason: 'the disk failed' },
    'The database is damaged, or another program keeps it locked.',
  ],
  sqlite_missing: [
    { reason: 'the package @libsql/linux-x64-gnu is missing' },
    'The package with the SQLite of this platform was omitted (`npm ci --omit=optional`), or `node_modules` was copied from another platform.',
  ],
  store_not_written: [
    { reason: 'the disk is full' },
    'The listener never answers 200 to a call that it could not record, so the sender can retry.',
  ],
  store_damaged: [
    { path: '/srv/shop', reason: 'database disk image is malformed' },
    'The disk or another program has changed `captures.db`. Reading commands show the intact captures. `listen` renames the file, records in a new store, and copies every readable capture and waiting call.',
  ],
  store_locks_missing: [
    { path: '/mnt/share/netcore-hook' },
    'The store is on a network mount without working locks, such as NFS with `nolock`, or a preloaded library intercepts locks. `listen` and `queue work` check this when they start.',
  ],
  store_foreign: [
    { path: '/srv/shop/captures.db' },
    'The folder contains a `captures.db` that netcore-hook did not create.',
  ],
  store_newer: [
    { path: '~/.local/share/netcore-hook/default/captures.db' },
    'Older versions cannot read the tables of newer versions.',
  ],
  redis_url_invalid: [
    { reason: 'it is not a URL' },
    '`--queue` takes a URL with the scheme redis: or rediss:.',
  ],
  redis_unreachable: [
    { address: '127.0.0.1:6379', reason: 'nothing listens there' },
    'While a listener runs, calls wait in its store until Redis is available again.',
  ],
  redis_refuses: [
    { address: '127.0.0.1:6379', reason: 'a password is needed' },
    'Redis requires a password, or rejected the given one.',
  ],
  redis_right_missing: [
    { address: 'redis://redis.example.com:6379', reason: 'this user may not run INFO' },
    'The password is right, and the ACL of the user lacks a command or the keys of the queue.',
  ],
  redis_too_old: [
    { address: '127.0.0.1:6379', kind: 'Redis', version: '4.0.1', oldest: '6.2.0' },
    'The queue requires commands that older servers do not support.',
  ],
  redis_is_cluster: [
    { address: '127.0.0.1:6379' },
    'Each step of a call is one transaction, and a cluster distributes its keys over servers.',
  ],
  file_not_written: [
    { path: 'ready.html', reason: 'permission denied' },
    'A report, the ready file or the state of `--soak` could not be written.',
  ],
  file_not_read: [
    { path: 'payload.json', reason: 'it does not exist' },
    'The file is missing or unreadable.',
  ],
  output_failed: [
    { reason: 'the disk is full' },
    'stdout is a file or device that accepts no more data. A closed pipe (`| head`) is not an error.',
  ],
  paste_empty: [{}, 'stdin, the file or the clipboard contains only whitespace.'],
  paste_binary: [
    { what: 'a gzip archive' },
    'Compressed data and images must be converted to text first.',
  ],
  paste_not_utf8: [{ in: 'The body', offset: 214 }, 'It was saved or sent in another encoding.'],
  paste_is_page: [undefined, 'The copied text is a browser page or the error page of a server.'],
  paste_is_answer: [undefined, 'The response was copied instead of the request.'],
  paste_too_complex: [
    undefined,
    'Decoding is limited to a number of steps per character. Adversarial text, or megabytes of invalid JSON, exceeds the limit.',
  ],
  payload_not_found: [
    undefined,
    'All supported layers were tried: form, JSON, curl, HTTP, logs, escapes, base64.',
  ],
  no_data_field: [
    { in: 'the form', fields: ['payload', 'signature'] },
    'The call comes from another sender, or the field was lost: a body parser without form support discards it.',
  ],
  data_empty: [undefined, 'The form has the field, but its value is empty.'],
  body_elsewhere: [
    {
      location: 'the file body.txt',
      hint: 'Give that file: netcore-hook decode body.txt',
    },
    'The pasted curl command reads its body from a file or from stdin.',
  ],
  quotes_missing: [{}, 'The input looks like JSON whose double quotes a shell has removed.'],
  print_shortened: [
    { mark: '[Object]' },
    'Programs abbreviate nested values when they print them (`[Object]`, `... 3 more items`).',
  ],
  value_split: [{ offset: 132 }, 'The sender or a proxy did not escape the form.'],
  payload_ends_early: [
    { reason: 'it ends inside a string', line: 1, column: 812, byte: 811, excerpt: '' },
    'A log or a terminal truncated the line, or a proxy truncated the body.',
  ],
  payload_not_json: [
    { reason: 'a comma is missing', line: 3, column: 7, byte: 96, excerpt: '' },
    'The text was changed after it was sent. The excerpt below the message shows where.',
  ],
  payload_not_panels: [
    { what: 'a list' },
    'The JSON has another shape than a payload, which maps each panel to a list of events.',
  ],
  payload_foreign: [
    { whose: "Mailgun's webhook", sign: 'the key "event-data"' },
    'Other senders and other Netcore products use other bodies.',
  ],
  payload_too_deep: [
    { limit: 100 },
    'Such nesting is an attack or a fault, and would break later consumers.',
  ],
  not_as_documented: [
    { count: 2 },
    'With `decode --strict`: the payload has undocumented fields or values. [Payload](payload.md) lists the documented ones.',
  ],
  clipboard_failed: [
    { reason: 'xsel is not installed' },
    'The clipboard requires a desktop session, which is unavailable over ssh and in containers.',
  ],
  inspector_refused: [
    { reason: 'it comes from another site' },
    'The inspector serves only its own page: the host, origin and token of the request must match.',
  ],
  inspector_method: [
    { method: 'PUT' },
    'Another program sent the request, since the page sends no such request.',
  ],
  inspector_content_type: [
    undefined,
    'Another program sent the request, since the page sends no such request.',
  ],
  inspector_unreadable: [
    { reason: 'it is not JSON' },
    'The page was open while netcore-hook was updated, or another program sent the request.',
  ],
  inspector_too_large: [{ limit: '10 MB' }, 'Browsers are slow with text of that size.'],
  inspector_nothing_there: [undefined, 'The URL contains a typing error.'],
  inspector_busy: [{ streams: 20 }, 'Each open page holds a connection that delivers new calls.'],
  replay_beyond_loopback: [
    { host: 'shop.example.com' },
    'The inspector requires confirmation before captures leave the machine.',
  ],
  bug: [
    { message: 'Cannot read properties of undefined' },
    'An unexpected error occurred inside netcore-hook.',
  ],
};
