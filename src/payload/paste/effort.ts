/**
 * What reading a paste may still cost, shared by all who read in it. Text that looks like the
 * beginning of a payload at every turn, or like text in text in text, would otherwise take for
 * ever: most starts lead nowhere, and some stretches are read several times.
 */
export interface Effort {
  /** Characters that may still be read. */
  left: number;
  /** Characters that may still be read in vain as a print of a program, which takes longer. */
  prints: number;
}

/** Enough to read each character of any paste several times over. */
export function effortFor(text: string): Effort {
  return { left: text.length * 16 + 1_000_000, prints: 500_000 };
}
