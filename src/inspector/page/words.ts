/** A number with the reader's thousands separators. */
export function countText(count: number): string {
  return count.toLocaleString();
}

/** `1 call`, `2,300 calls`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** A size in decimal units: `0 B`, `1.4 kB`, `5.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
