import { visible } from '../../output/safe.js';

export interface Suggestion {
  readonly value: string;
  /** What a shell that can shows beside it. Untrusted text. */
  readonly description?: string | undefined;
}

/** What can stand at the cursor. Of files and folders the shell knows more than this program. */
export type Offers = readonly Suggestion[] | 'files' | 'folders';

// What the scripts read after the suggestions: a sum of wishes.
const wishes = { noFiles: 4, foldersOnly: 16, keepOrder: 32 } as const;
const maxDescriptionLength = 72;

/**
 * What the scripts read: a line for each suggestion that begins with `current`, with a tab before
 * its description if it has one, and a last one that description `:` and what the shell is to do with them.
 */
export function suggestionLines(offers: Offers, current: string): string {
  if (offers === 'files') return ':0\n';
  if (offers === 'folders') return `:${wishes.foldersOnly}\n`;
  const lines = offers
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) =>
      description ? `${value}\t${shortened(description)}\n` : `${value}\n`,
    );
  return `${lines.join('')}:${wishes.noFiles + wishes.keepOrder}\n`;
}

/** One short line. What is hidden in it is a question mark: zsh would eat the backslash of an escape. */
function shortened(text: string): string {
  const shown = visible(text).replaceAll(/\\u[\da-f]{4}/g, '?');
  const characters = [...shown];
  if (characters.length <= maxDescriptionLength) return shown;
  return `${characters.slice(0, maxDescriptionLength - 1).join('')}…`;
}
