import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';

/** A moment as the clocks of a zone show it, in the two forms of a payload. */
export interface WallClock {
  /** YYMMDDHHMMSS */
  readonly ts: string;
  /** YYYY-MM-DDTHH:MM:SS */
  readonly timestamp: string;
}

/** Shows moments (milliseconds since 1970) in an IANA zone; a zone that is none is a problem. */
export function wallClockOf(option: string, zone: string): (moment: number) => WallClock {
  const format = formatFor(option, zone);
  return (moment) => {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of format.formatToParts(moment)) part[type] = value;
    const timestamp = `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`;
    return { timestamp, ts: timestamp.slice(2).replace(/\D/g, '') };
  };
}

function formatFor(option: string, zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch (error) {
    const meant = nearest(zone, ['Asia/Kolkata', 'UTC', ...Intl.supportedValuesOf('timeZone')]);
    throw problem(
      'invalid_value',
      {
        what: option,
        value: zone,
        reason: 'there is no such time zone',
        hint: meant ? `Did you mean "${meant}"?` : 'Write it like Asia/Kolkata or UTC.',
      },
      error,
    );
  }
}
