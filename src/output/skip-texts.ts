import type { SkipReason } from '../call/delivery.js';

/** Why a call was not forwarded, in a few words. */
export const skipTexts: Readonly<Record<SkipReason, string>> = {
  no_post: 'not a POST with a body',
  no_data: 'no field "data"',
  unreadable: 'its events cannot be read',
  filtered: 'none of its events is forwarded',
};

/** The reason as a sentence, with a remedy. */
export function skipSentence(reason: SkipReason): string {
  return `Not forwarded: ${skipTexts[reason]}.${hints[reason]}`;
}

const hints: Readonly<Record<SkipReason, string>> = {
  no_post: ' --forward-all forwards it.',
  no_data: ' --forward-all forwards it.',
  unreadable: ' It is forwarded without --forward-channel, --forward-event and --forward-panel.',
  filtered: '',
};
