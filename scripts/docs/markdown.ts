/** A table with a line for each row. Cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}

/** Escapes literal text for a table cell. */
export function cell(text: string): string {
  return text.replace(/[\\|<*`]/g, '\\$&').replaceAll('\n', ' ');
}

/** Code for a table cell. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
