/**
 * The meaning of each warning. The emitting code words the message, since it knows the values. A
 * test compares these codes with the code.
 */
export const warnings: Readonly<Record<string, string>> = {
  alert_failed:
    'An alert could not be delivered: the command failed, or the URL or the mail server rejected it. `listen --alert-test` shows the answers.',
  attempts_not_kept: 'The calls were sent, but their outcomes could not be written to the store.',
  broken_escape:
    'A `%` in the paste is not followed by two hexadecimal digits. It was kept unchanged.',
  browser_not_opened: 'No browser could be started. Open the printed URL.',
  byte_order_mark: 'The body of a call begins with a byte order mark. Netcore sends none.',
  calls_given_up: 'The queue contains dead calls: `queue list --dead` shows why they failed.',
  calls_held:
    'Workers of a Redis were sending some calls during `queue move --back`. They end there, or the next move returns them.',
  calls_not_handed_over:
    'Calls wait in the store for a queue on Redis, and no listener is running to hand them over.',
  captures_unreadable:
    'The store is damaged, and these captures were skipped. The next start of `listen` copies the readable ones.',
  change_ignored:
    'A file changes with each run of `--watch`: the endpoint writes it. Such changes start no further run.',
  charset:
    'A body is not UTF-8. It was decoded with the charset of its header or its byte order mark.',
  clock_believed: 'The clock is reliable again. Captures are removed by age as before.',
  clock_doubted:
    'The clock jumped, or the store was unused for long. Captures are not removed by age for now.',
  credentials_missing: 'An endpoint answered 401, and no credentials were sent.',
  credentials_readable: 'Other users of this machine can read the credentials file: `chmod 600`.',
  cut_escape: 'The value ends inside a percent escape: it is truncated.',
  dead_kept:
    'Captures of dead calls were kept. `queue drop --dead` removes these calls from the queue.',
  erasure_incomplete: '`history erase` was interrupted. Repeating it erases the rest.',
  exposed: 'The listener received a call from another machine and requires no authentication.',
  field_case: 'The field `data` is spelt with capitals (`Data`). Netcore sends it in lower case.',
  field_name: 'The field with the payload is not named `data`.',
  field_repeated: 'There are several `data` fields. Only one of them is used.',
  fields_new:
    'Events have a field or a type that no listener of the store has seen before. `history fields` lists all of them.',
  filter_unknown:
    'A filter names a channel or an activity that Netcore does not document. It matches events recorded under this name.',
  forwarding_paused: 'A target is paused: its calls are recorded and wait for `queue resume`.',
  forwarding_resumed: 'A target is no longer paused, and its calls are sent.',
  heartbeat_failed:
    'A request to `--heartbeat-url` failed. Your monitoring service may report this machine.',
  insecure: '`--insecure` turns TLS verification off.',
  inspect_port_taken:
    'The port of the inspector is already in use, so the inspector uses another one.',
  inspector_ended: 'The inspector has failed. The listener still receives calls.',
  interrupted: 'The run was stopped before its last check.',
  key_repeated: 'An object contains the same key twice. Most parsers see only the last one.',
  left_alone:
    'Some calls were not changed: a worker is sending them, or they are in another queue.',
  length_differs: 'The length of the body differs from its Content-Length.',
  multipart: 'The payload is in a multipart body. Netcore sends a URL-encoded form.',
  no_match: 'No capture or queued call matches the request.',
  no_payload: 'A capture has no payload, so it cannot be bisected.',
  no_worker: 'Calls were put back into the queue, but no process is running that forwards them.',
  not_a_form: 'The content type of the body with the payload is not a form type.',
  not_as_documented: 'A field or value differs from the documentation. The message names it.',
  not_dropped: 'Nothing was dropped: the prompt was declined.',
  not_erased: '`history erase` asked for confirmation, and the answer was no.',
  not_escaped: 'The value of `data` is not percent-escaped, as a form requires.',
  not_removed: 'Nothing was removed: the prompt was declined.',
  not_runnable: 'The pasted command would not send the body that it contains.',
  not_searched: 'The paste is too long and too complex to search all of it.',
  not_sent: 'Nothing was sent: the prompt was declined.',
  not_watched: 'A folder that appeared during `--watch` cannot be watched.',
  nothing_equal:
    'A reconciliation found none of the expected events. A column or a time zone is probably not the right one.',
  nothing_queued: 'The queue is empty.',
  order_not_kept:
    'Two processes forward to the same URL, so `--ordered` cannot guarantee the order.',
  other_target: 'Calls wait for a URL that no running process forwards to.',
  panel_not_list: 'A panel of the payload is not a list of events.',
  payload_lost:
    'The paste contains another payload, which cannot be decoded. The problem that follows says why.',
  queue_failing: 'The queue is unreachable. Calls wait in the store.',
  queue_well: 'The queue is reachable again.',
  quote_open: 'A quote in the pasted command is never closed.',
  rate_not_reached: 'The calls were sent more slowly than `--rate` requested.',
  rate_of_one: '`--rate` is ignored for a single call.',
  redis_evicts:
    'Redis evicts keys when its memory is full, queued calls included. Set `maxmemory-policy noeviction`.',
  redis_never_syncs:
    'Redis leaves flushing to the operating system (`appendfsync no`). After a power failure, calls may be delivered twice.',
  redis_not_persistent:
    'Redis keeps everything in memory. After a restart, calls may be delivered twice. Set `appendonly yes`.',
  redis_read_only: 'The Redis server is a replica, which rejects writes.',
  redis_settings_unknown:
    'The Redis server does not reveal its configuration, like many managed servers.',
  redis_syncs_each_second:
    'After a power failure, calls of the last second may be delivered twice.',
  removed_early: '`--keep` or `--keep-size` removed captures before the end of `--keep-for`.',
  repaired: 'The payload is truncated, and `--repair` closed it.',
  several_payloads: 'The paste contains several payloads.',
  state_not_kept: 'The progress of `--soak` could not be saved.',
  store_copied:
    'The readable captures of a damaged store were copied into the new one. The message contains their number and the path of the damaged file.',
  store_over_size:
    'Waiting and dead calls take more space than `--keep-size` allows. They are kept.',
  store_set_aside:
    'The store was damaged when `listen` started. It was renamed, and calls are recorded in a new store.',
  text_after: 'Text after the payload or body was ignored.',
  tunnel_plain:
    'Calls travel unencrypted to the tunnel server. Encrypt them with `--tls-cert` and `--tls-key`.',
  types_lost:
    'The paste was printed in a format (`print_r`) that does not distinguish numbers from strings.',
  unprotected:
    'Other machines can call the listener without authentication, as `--unprotected` allows.',
  value_split: 'The value of `data` contained an unescaped `&` and was joined again.',
  variable_unknown: 'An environment variable resembles a known one, but is not read.',
  waiting_kept: 'Captures that wait to be forwarded were kept.',
  worker_not_announced: 'The worker runs, but other commands cannot see it.',
};
