/** Joiners and selectors that form emoji, or belong to Indic, Arabic and similar scripts. */
const joined = new RegExp(
  [
    '(?<=[\\p{Emoji}\\p{EMod}])\\ufe0f',
    '(?<=[\\p{ExtPict}\\p{EMod}\\ufe0f])\\u200d(?=\\p{ExtPict})',
    '(?<=[\\p{Mn}\\p{Script=Arabic}])[\\u200c\\u200d](?=[\\p{L}\\p{M}])',
    '(?<=\\p{Lo})[\\u200c\\u200d](?=\\p{M})',
  ].join('|'),
  'uy',
);

/** Whether an invisible character has a visible effect there. */
export function isJoiner(text: string, index: number): boolean {
  joined.lastIndex = index;
  return joined.test(text);
}
