import { clockTime } from './local-time.js';
import type { RateNotice } from './notice.js';
import type { Style } from './style.js';

/** The count of a second. `style`: for a terminal; undefined for a log line. */
export function rateLine({ time, what, calls }: RateNotice, style: Style | undefined): string {
  const text = {
    recorded: `${calls} calls in a second, all recorded`,
    refused: `${calls} calls refused in a second`,
    delivered: `${calls} calls forwarded in a second`,
    undelivered: `${calls} forwarding attempts failed in a second`,
  }[what];
  return `${style ? style.faint(clockTime(time)) : time}  ${text}\n`;
}
