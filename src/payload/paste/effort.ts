/**
 * What a search may still do. Text that looks like the beginning of a payload at every turn would
 * otherwise take for ever: most starts lead nowhere, and some are read twice.
 */
export interface Effort {
  /** Characters that may still be read. */
  left: number;
  /** Characters that may still be read in vain as a print of a program, which takes longer. */
  prints: number;
}

/** Enough for any log: each of its characters could be read several times. */
export function effortFor(text: string): Effort {
  return { left: text.length * 8 + 1_000_000, prints: 500_000 };
}
