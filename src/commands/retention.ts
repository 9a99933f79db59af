import { durationOption, plural, sizeOption } from '../amounts.js';
import type { ReadyNotice, RemovalCause } from '../output/notice.js';

/** A listener's retention: `the newest 20 captures of the last 30d, up to 10gb`. */
export function retentionText({ captures, ms, bytes }: ReadyNotice['keeps']): string {
  const which = captures === null ? 'captures' : `the newest ${plural(captures, 'capture')}`;
  const age = ms === null ? '' : ` of the last ${durationOption(ms)}`;
  const size = bytes === null ? '' : `, up to ${sizeOption(bytes)}`;
  return which + age + size;
}

/** The option that removed captures: `--keep 1000`, `--keep-for 30d`, `--keep-size 10gb`. */
export function limitText({
  cause,
  limit,
}: {
  readonly cause: RemovalCause;
  readonly limit: number | null;
}): string {
  switch (cause) {
    case 'keep':
      return `--keep ${limit}`;
    case 'keep_for':
      return `--keep-for ${durationOption(limit ?? 0)}`;
    case 'keep_size':
      return `--keep-size ${sizeOption(limit ?? 0)}`;
    case 'prune':
      return 'history prune';
  }
}
