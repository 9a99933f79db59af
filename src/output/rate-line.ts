import { clockTime } from './capture-lines.js';
import type { RateNotice } from './notice.js';
import type { Style } from './style.js';

/** How many there were in a second. `style`: on a terminal; else it is a line of a log. */
export function rateLine({ time, what, calls }: RateNotice, style: Style | undefined): string {
  const said = {
    recorded: `${calls} calls in a second, all recorded`,
    refused: `${calls} calls refused in a second`,
    delivered: `${calls} calls forwarded in a second`,
    undelivered: `${calls} tries to forward a call failed in a second`,
  }[what];
  return `${style ? style.faint(clockTime(time)) : time}  ${said}\n`;
}
