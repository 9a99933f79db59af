/**
 * What each warning says. Warnings are worded where they arise, for they tell what was found there; a
 * test compares these codes with those of the code.
 */
export const warnings: Readonly<Record<string, string>> = {
  alert_failed: 'An alert could not be delivered: the command failed, or the URL did not take it.',
  attempts_not_kept:
    'The calls were sent, and what became of them could not be written into the store.',
  broken_escape:
    'A `%` in the paste is followed by no two hexadecimal digits, and was left as it is.',
  browser_not_opened: 'No browser could be started; the address is printed.',
  byte_order_mark: 'The body of a call begins with a byte-order mark; Netcore sends none.',
  calls_given_up: 'The queue holds calls that were given up: `queue list --dead` tells why.',
  calls_not_handed_over:
    'Calls wait in the store for a queue on Redis, and no listener hands them over.',
  captures_unreadable:
    'The store is damaged, and these captures were left out. The next start of `listen` copies what can be read.',
  charset: 'A body is not UTF-8, and was read in the character set of its header or its mark.',
  clock_believed:
    'The clock has kept its time, or agrees again: it removes captures by age as before.',
  clock_doubted:
    'The clock has jumped, or the store was out of use for long: captures are not removed by its time for now.',
  credentials_missing: 'An endpoint answered 401, and no credentials were sent.',
  credentials_readable:
    'Others on this machine may read the file with the credentials: `chmod 600`.',
  cut_escape: 'The value ends inside a percent escape: something cut it.',
  dead_kept: 'Captures of dead calls were kept: `queue drop --dead` gives them up for good.',
  exposed: 'The listener was called from outside, and asks nobody who they are.',
  field_case:
    'The field is called `data` in other letters (`Data`); Netcore writes it in small ones.',
  field_name: 'The field with the payload has another name than `data`.',
  field_repeated: 'There are several fields `data`, and only one can be meant.',
  insecure: 'With `--insecure` whoever answers is believed.',
  inspect_port_taken: 'The port of the inspector was taken, and it has another one.',
  inspector_ended: 'The inspector has ended by a failure; calls are received as before.',
  interrupted: 'The run was stopped before its last check.',
  key_repeated: 'An object has the same key twice; most readers see only the last.',
  left_alone: 'Some calls were not changed: they are with a worker, or in another queue.',
  length_differs: 'The body is not as long as its Content-Length says.',
  multipart: 'The payload came in a multipart body; Netcore sends a form.',
  no_match: 'No capture, or no queued call, is one of those that were asked for.',
  no_payload: 'A capture has no payload, so that it cannot be taken apart.',
  no_worker: 'Calls were put back into the queue, and nothing runs that forwards them.',
  not_a_form: 'The payload was found in a body whose content type is none of a form.',
  not_as_documented:
    'A field or a value departs from what is documented: the message names the place.',
  not_dropped: 'Nothing was dropped: the question was answered with no.',
  not_escaped: 'The value of `data` is not percent-escaped, as a form wants it.',
  not_removed: 'Nothing was removed: the question was answered with no.',
  not_runnable: 'The pasted command would not send what it holds.',
  not_searched: 'The paste is too long and too tangled to search all of it.',
  not_sent: 'Nothing was sent: the question was answered with no.',
  nothing_queued: 'The queue is empty.',
  order_not_kept: 'Two processes forward to the same URL, so that `--ordered` does not hold.',
  other_target: 'Calls wait for a URL to which nothing forwards any more.',
  panel_not_list: 'A panel of the payload holds something else than a list of events.',
  queue_failing: 'The queue cannot be reached; calls wait in the store.',
  queue_well: 'The queue can be reached again.',
  quote_open: 'A quote of the pasted command is never closed.',
  rate_not_reached: 'The calls went out more slowly than `--rate` asked for.',
  rate_of_one: 'A single call has no rate.',
  redis_evicts:
    'Redis removes entries when its memory is full, calls among them: `maxmemory-policy noeviction`.',
  redis_never_syncs:
    'Redis leaves it to the system when it writes to disk: after a power cut, calls may come twice.',
  redis_not_persistent:
    'Redis keeps everything in memory: after a restart, calls may come twice. `appendonly yes`',
  redis_read_only: 'The server is a replica, which takes no writes.',
  redis_settings_unknown: 'The server does not tell its settings, as many managed ones do not.',
  redis_syncs_each_second: 'After a power cut, calls of the last second may come twice.',
  removed_early:
    '`--keep` or `--keep-size` removed captures that `--keep-for` would have kept longer.',
  repaired: 'The payload ended too early, and `--repair` closed it.',
  several_payloads: 'The paste holds several payloads.',
  state_not_kept: 'How far `--soak` has come could not be written down.',
  store_copied:
    'What could be read of a damaged store is in the new one. The message says how many captures, and where the damaged file lies.',
  store_over_size:
    'Calls that wait or are dead take more room than `--keep-size` allows. They stay.',
  store_set_aside:
    'The store was damaged when `listen` started. It has another name now, and calls are recorded in a new one.',
  text_after: 'Something follows the body, and was left out.',
  tunnel_plain:
    'Calls are not encrypted on their way to the server of the tunnel: `--tls-cert` and `--tls-key` encrypt them.',
  types_lost: 'The paste was printed in a form (`print_r`) that does not tell numbers from text.',
  unprotected: 'The listener can be reached by others, as `--unprotected` allows.',
  value_split: 'The value of `data` held an `&` that was not escaped, and was joined again.',
  variable_unknown: 'A variable has nearly the name of one that is read, and is not read itself.',
  waiting_kept: 'Captures that wait to be forwarded were kept.',
  worker_not_announced: 'The worker works, and other commands cannot see it.',
};
