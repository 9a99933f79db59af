import { visible } from '../../output/safe.js';

export interface Suggestion {
  readonly value: string;
  /** Shells that support it show this beside the value. Untrusted text. */
  readonly description?: string | undefined;
}

/** The suggestions at the cursor. Shells complete files and folders themselves. */
export type Offers = readonly Suggestion[] | 'files' | 'folders';

// A sum of flags for the scripts, after the suggestions.
const flags = { noFiles: 4, foldersOnly: 16, keepOrder: 32 } as const;
const maxDescriptionLength = 72;

/**
 * The format for the scripts: a line for each suggestion that begins with `current`, with a tab
 * before its description, and a last line of `:` and flags.
 */
export function suggestionLines(offers: Offers, current: string): string {
  if (offers === 'files') return ':0\n';
  if (offers === 'folders') return `:${flags.foldersOnly}\n`;
  const lines = offers
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) =>
      description ? `${value}\t${shortened(description)}\n` : `${value}\n`,
    );
  return `${lines.join('')}:${flags.noFiles + flags.keepOrder}\n`;
}

/**
 * One short line. Shows invisible characters as question marks: zsh would drop the backslash of an
 * escape.
 */
function shortened(text: string): string {
  const shown = visible(text).replaceAll(/\\u[\da-f]{4}/g, '?');
  const characters = [...shown];
  if (characters.length <= maxDescriptionLength) return shown;
  return `${characters.slice(0, maxDescriptionLength - 1).join('')}…`;
}
