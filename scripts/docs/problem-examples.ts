import type { ProblemArguments, ProblemCode } from '../../src/problems/catalogue.js';

/** What a problem looks like, and what may be behind it. The compiler misses each that is not here. */
export const problemExamples: {
  readonly [C in ProblemCode]: readonly [args: ProblemArguments<C>, cause: string];
} = {
  usage: [
    { message: 'history stats takes no --limit.', hint: 'It belongs to history list.' },
    'The command line contradicts itself, or lacks something. The message says what.',
  ],
  unknown_command: [
    { message: "Unknown command 'sned'.", hint: 'Did you mean send?' },
    'The first word is the command; options may stand before or after it.',
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
    'An option or a variable of the environment has a value that means nothing there.',
  ],
  unknown_channel: [
    { name: 'mail', nearest: 'email', all: [] },
    'Netcore knows seven channels; `netcore-hook samples` lists them.',
  ],
  unknown_activity: [
    { name: 'bounced_hard', of: 'email', nearest: 'bounce', all: [] },
    'Each channel has activities of its own. The spellings that Netcore uses (`Clicked`, `opened`) are understood.',
  ],
  path_not_found: [
    { option: '--set', path: 'event_params.emial', nearest: 'event_params.email' },
    'Paths begin inside an event, and its parts are joined by dots. `--set` only replaces what is there.',
  ],
  no_events: [{}, 'The payload of `--data` or `--like` has panels without events.'],
  needs_yes: [
    { calls: 20, host: 'shop.example.com' },
    'Many calls to a server that is not this machine could be a slip, and nobody could be asked.',
  ],
  burst_needs_yes: [
    { atOnce: 20, host: 'shop.example.com' },
    'Load on a server of others could be taken for an attack, and nobody could be asked.',
  ],
  report_unknown: [
    { path: 'ready.pdf', extensions: ['html', 'xml', 'json', 'md'] },
    'The extension of the file says which report is written.',
  ],
  no_answer: [
    { url: 'http://127.0.0.1:3000/hook' },
    'Every attempt failed before an answer came: nothing listens there, the name is unknown, TLS failed, or time ran out.',
  ],
  needs_terminal: [
    { what: 'The password of "netcore"', flag: '--auth netcore:password, or --auth @file' },
    'Something would have been asked for, and there is no terminal, or `--json` was given.',
  ],
  credentials_invalid: [
    { option: '--auth', reason: 'the user name is missing' },
    'Credentials are a user and a password with a colon between them, or a file with such lines.',
  ],
  listen_unprotected: [
    { host: '0.0.0.0' },
    'An address beyond loopback was given to `--host`, and whoever reaches it could fill the store.',
  ],
  tunnel_needs_auth: [undefined, 'A tunnel gives the listener a public address.'],
  tunnel_hides_clients: [
    undefined,
    "The far end of ssh does not pass on the clients' addresses, so that none would be let in, or all.",
  ],
  no_such_capture: [
    { reference: '1pbv5ggaw0' },
    'It was removed (`--keep-for`, `--keep-size`, `--keep`, `history prune`), it is in another store (`--store`, `--profile`), or its id is mistyped.',
  ],
  ambiguous_id: [
    { reference: '1pbv', ids: ['1pbv5ggaw0', '1pbv5gh37k'] },
    'Calls that came shortly after each other have ids that begin alike. Ten characters are always enough.',
  ],
  no_such_event: [
    { reference: '1pbv5ggaw0.3', events: 2 },
    'What follows the dot counts the events of the batch.',
  ],
  capture_without_payload: [
    { id: '1pbv5ggaw0', reason: 'There is no field "data" in the body.' },
    'Calls are recorded whatever their body; only those with a payload can be changed and sent anew.',
  ],
  nothing_selected: [undefined, 'Replaying a whole store is never meant by accident.'],
  nothing_to_replay: [undefined, 'The filters leave no capture, or the store is empty.'],
  target_missing: [
    undefined,
    'Captures hold what real people did, so that there is no default for where they go.',
  ],
  replay_needs_yes: [
    { host: 'shop.example.com' },
    'The target is not on loopback, and nobody could be asked.',
  ],
  replay_loop: [
    { url: 'http://127.0.0.1:4400/' },
    'Each replay would add what it sends to what it reads.',
  ],
  forward_loop: [
    { url: 'http://127.0.0.1:4400/' },
    'The target of `--forward-to` is the address that the listener has itself.',
  ],
  record_invalid: [
    { file: 'captures.jsonl', line: 7, reason: 'it is no JSON' },
    'The file was changed, cut, or made by something else. Nothing of it was taken.',
  ],
  prune_needs_yes: [
    { captures: 1200 },
    'What is pruned cannot be brought back, and nobody could be asked.',
  ],
  drop_needs_yes: [
    { calls: 3 },
    'What is dropped is not forwarded any more, and nobody could be asked. The captures stay.',
  ],
  not_queued: [
    { ids: ['1pbv5ggaw0'] },
    'It was never to be forwarded, was dropped before, or is in a queue on Redis: name that with `--queue`.',
  ],
  id_not_whole: [
    { reference: '1pbv5ggaw0' },
    'A queue on Redis knows whole ids only; beginnings are looked up in the store of the listener.',
  ],
  not_a_batch: [
    { id: '1pbv5ggaw0', events: 1 },
    '`--bisect` looks for the events of a batch that an endpoint fails on.',
  ],
  header_invalid: [
    { option: '--header', reason: 'there is no colon in it' },
    'A header is a name, a colon and a value, and holds no line feeds.',
  ],
  interrupted: [undefined, 'Ctrl-C was pressed, or SIGTERM came (the exit code is 143 then).'],
  config_not_json: [
    { path: 'netcore-hook.config.json', reason: 'a comma is missing', line: 3, column: 5 },
    'The project file was found in the working folder or above it.',
  ],
  config_invalid: [
    {
      name: 'port (netcore-hook.config.json:3)',
      reason: 'is "eighty", and a port is a number',
      hint: 'Write it like 4400.',
    },
    'A setting has a value that its option would not take either. [Configuration](configuration.md) lists them.',
  ],
  config_unknown_key: [
    { name: 'porf (netcore-hook.config.json:3)', nearest: 'port' },
    'Keys that would do nothing are refused, so that a slip does not pass in silence.',
  ],
  config_not_settable: [
    {
      name: 'insecure (netcore-hook.config.json:4)',
      reason: 'it loosens safety',
      flag: '--insecure',
    },
    'A file that comes with a repository must not run commands or loosen safety on your machine.',
  ],
  config_secret: [
    {
      name: 'auth (netcore-hook.config.json:5)',
      example: '"auth": {"env": "SHOP_AUTH"}, or "@file"',
    },
    'Project files are committed, and passwords must not be.',
  ],
  config_unset: [
    { name: 'auth (netcore-hook.config.json:5)', variable: 'SHOP_AUTH' },
    'The project file leaves the value to the environment.',
  ],
  config_foreign: [
    { path: '/tmp/netcore-hook.config.json' },
    'The file lies in a folder above the working folder that others may write to.',
  ],
  port_in_use: [
    { port: 4400, next: 4402 },
    'Another program listens there, often a listener of yours: `netcore-hook status` lists them.',
  ],
  working_folder_gone: [
    {},
    'It was removed or replaced, often by a build or in another terminal: `cd` into the new one.',
  ],
  port_forbidden: [{ port: 80 }, 'Ports up to 1023 are reserved for privileged programs.'],
  address_not_here: [
    { host: '203.0.113.9' },
    '`--host` is an address of this machine, and not where callers come from: for those there is `--allow`.',
  ],
  tls_invalid: [
    { reason: 'the key does not belong to the certificate' },
    'The files of `--tls-cert` and `--tls-key` cannot be read, are no PEM, or do not fit together.',
  ],
  listen_fd_invalid: [
    { fd: 3, reason: 'it is a file' },
    '`--listen-fd` is for sockets that are handed over, as systemd does.',
  ],
  tunnel_program_missing: [
    { program: 'cloudflared', platform: 'linux' },
    'The tunnel is made by a program of its own, which is not part of netcore-hook.',
  ],
  tunnel_not_opened: [
    { program: 'ssh', reason: 'Permission denied (publickey)' },
    'The program ended, or gave no public address in time.',
  ],
  calls_missing: [
    { came: 1, wanted: 3, waited: '30s', instead: 'sms delivered' },
    '`--wait` was over before `--exit-after` was reached. Calls that match nothing of `-c`, `-e` and `--panel` do not count.',
  ],
  not_awaited: [
    {
      wanted: 'rcs click',
      milliseconds: 5000,
      instead: 'Instead came: rcs delivered.',
    },
    'Of `netcore-hook/testing`: `waitForEvent` gave up.',
  ],
  not_answered: [
    { url: 'http://127.0.0.1:3000/hook', reason: 'Nothing listens there.' },
    'Of `netcore-hook/testing`: an event could not be posted.',
  ],
  redact_key_not_read: [
    { path: '~/.local/share/netcore-hook/default/redact.key', reason: 'permission denied' },
    'The file belongs to somebody else, or was emptied.',
  ],
  store_missing: [
    { path: '~/.local/share/netcore-hook/default' },
    'Nothing was recorded yet, or `--store` and `--profile` name another store than the listener had.',
  ],
  store_not_writable: [
    { path: '/var/lib/shop', reason: 'this user may not' },
    'The folder cannot be made or written to, or its disk is full.',
  ],
  store_not_opened: [
    { path: '~/.local/share/netcore-hook/default', reason: 'the disk failed' },
    'The database is damaged, or locked by a program that does not let go of it.',
  ],
  store_not_written: [
    { reason: 'the disk is full' },
    'What could not be recorded is never answered 200, so that it is sent again.',
  ],
  store_damaged: [
    { path: '/srv/shop', reason: 'database disk image is malformed' },
    'The disk or another program has changed `captures.db`. Reading commands show what is intact; `listen` sets the file aside under another name, records in a new store, and copies what can be read, calls that wait included.',
  ],
  store_locks_missing: [
    { path: '/mnt/share/netcore-hook' },
    'A network mount without working locks, such as NFS with `nolock`, or a program that was preloaded. `listen` and `queue work` try it when they start.',
  ],
  store_foreign: [
    { path: '/srv/shop/captures.db' },
    'A file `captures.db` was there before, and it is not ours.',
  ],
  store_newer: [
    { path: '~/.local/share/netcore-hook/default/captures.db' },
    'Older versions do not know the tables of newer ones.',
  ],
  redis_url_invalid: [
    { reason: 'it is not a URL' },
    'The queue on Redis is named by a URL with redis: or rediss:.',
  ],
  redis_unreachable: [
    { address: '127.0.0.1:6379', reason: 'nothing listens there' },
    'While a listener runs, calls wait in its store until Redis is there again.',
  ],
  redis_refuses: [
    { address: '127.0.0.1:6379', reason: 'a password is needed' },
    'Redis asks for a password, or for another one.',
  ],
  redis_too_old: [
    { address: '127.0.0.1:6379', kind: 'Redis', version: '4.0.1', oldest: '6.2.0' },
    'The queue needs commands that older servers do not have.',
  ],
  redis_is_cluster: [
    { address: '127.0.0.1:6379' },
    'The steps of a call have to be one transaction, and a cluster spreads them over servers.',
  ],
  file_not_written: [
    { path: 'ready.html', reason: 'this user may not' },
    'A report, the ready file or the state of `--soak` could not be written.',
  ],
  file_not_read: [
    { path: 'payload.json', reason: 'it is not there' },
    'A file that was named cannot be read.',
  ],
  output_failed: [
    { reason: 'the disk is full' },
    'stdout leads to a file or a device that takes no more. A reader that goes away (`| head`) is no failure.',
  ],
  paste_empty: [undefined, 'stdin, the file or the clipboard holds nothing but blanks.'],
  paste_binary: [
    { what: 'a gzip archive' },
    'What is compressed or an image has to be made text before it can be read.',
  ],
  paste_not_utf8: [{ in: 'The body', offset: 214 }, 'It was saved or sent in another encoding.'],
  paste_is_page: [
    undefined,
    'What was copied is a page of the browser or an error page of a server.',
  ],
  paste_is_answer: [undefined, 'The answer was copied, and not the request.'],
  paste_too_complex: [
    undefined,
    'Reading takes a bounded number of steps for each character. Text made to mislead it, or megabytes of broken JSON, takes more.',
  ],
  payload_not_found: [
    undefined,
    'Every layer that is known was tried: form, JSON, curl, HTTP, logs, escapes, base64.',
  ],
  no_data_field: [
    { in: 'the form', fields: ['payload', 'signature'] },
    'The call is of another sender, or the field got lost: a body parser that does not read forms leaves nothing.',
  ],
  data_empty: [undefined, 'The form has its field, and nothing in it.'],
  body_elsewhere: [
    {
      place: 'the file body.txt',
      hint: 'Give that file: netcore-hook decode body.txt',
    },
    'The body of a pasted curl command stands in a file, or comes from stdin.',
  ],
  print_shortened: [
    { mark: '[Object]' },
    'Programs print nested values in short (`[Object]`, `... 3 more items`).',
  ],
  value_split: [{ offset: 132 }, 'The sender, or something on the way, did not escape the form.'],
  payload_ends_early: [
    { reason: 'a text is open', line: 1, column: 812, byte: 811, excerpt: '' },
    'A log or a terminal cut the line, or a proxy the body.',
  ],
  payload_not_json: [
    { reason: 'a comma is missing', line: 3, column: 7, byte: 96, excerpt: '' },
    'The text was changed after it was sent. The excerpt below the message shows the place.',
  ],
  payload_not_panels: [
    { what: 'a list' },
    'It is JSON, and has another shape than a payload: panel, list of events.',
  ],
  payload_foreign: [
    { whose: "Mailgun's webhook", sign: 'the key "event-data"' },
    'Other senders, and other products of Netcore, have bodies of their own.',
  ],
  payload_too_deep: [
    { limit: 100 },
    'Such nesting is an attack or a fault, and would break readers further on.',
  ],
  not_as_documented: [
    { count: 2 },
    'Of `decode --strict`: fields or values that the documentation does not have. [Payload](payload.md) lists those that it has.',
  ],
  clipboard_failed: [
    { reason: 'xsel is not installed' },
    'The clipboard belongs to a desktop, which is not reached over ssh or in a container.',
  ],
  inspector_refused: [
    { reason: 'it comes from another site' },
    'The inspector answers its own page only: the host, the origin and the token of a request must be its own.',
  ],
  inspector_method: [{ method: 'PUT' }, 'The request is none that the page makes.'],
  inspector_content_type: [undefined, 'The request is none that the page makes.'],
  inspector_unreadable: [
    { reason: 'it is no JSON' },
    'The page was open while netcore-hook was updated, or the request is none of the page.',
  ],
  inspector_too_large: [{ most: '10 MB' }, 'Browsers are slow with texts of that size.'],
  inspector_nothing_there: [undefined, 'The address is mistyped.'],
  inspector_busy: [
    { streams: 20 },
    'Each open page holds a connection on which new calls are told.',
  ],
  replay_beyond_loopback: [
    { host: 'shop.example.com' },
    'The inspector asks once more before captures leave the machine.',
  ],
  bug: [
    { message: 'Cannot read properties of undefined' },
    'Something happened that nobody thought of.',
  ],
};
