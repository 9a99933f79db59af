/**
 * A text as SQLite gives it back: it ends at NUL when it is read, and with half of a surrogate pair
 * in it, which JSON may hold, the process aborts when SQLite has taken it out of the JSON.
 */
export function storableText<T extends string | null>(text: T): T;
export function storableText(text: string | null): string | null {
  return text?.replaceAll(unstorable, '\ufffd') ?? null;
}

const unstorable = /\0|\p{Surrogate}/gu;
