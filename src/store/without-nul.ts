/** SQLite's text ends at NUL when it is read. */
export function withoutNul<T extends string | null>(text: T): T;
export function withoutNul(text: string | null): string | null {
  return text?.replaceAll('\0', '\ufffd') ?? null;
}
