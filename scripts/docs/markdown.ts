/** A table, a line a row. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}

/** Text that is to be read as it is, in the cell of a table. */
export function cell(text: string): string {
  return text.replace(/[\\|<*`]/g, '\\$&').replaceAll('\n', ' ');
}

/** The same, as code. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
