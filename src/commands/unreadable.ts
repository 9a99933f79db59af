import { plural } from '../amounts.js';
import type { WarningNotice } from '../output/notice.js';

/** Warns that damaged captures were skipped. */
export function unreadableNotice(captures: number): WarningNotice {
  return {
    type: 'warning',
    code: 'captures_unreadable',
    message: `${plural(captures, 'unreadable capture was', 'unreadable captures were')} skipped: ${damageText}`,
  };
}

export const damageText =
  'the store is damaged. The next start of netcore-hook listen renames the damaged file and copies the readable captures.';
