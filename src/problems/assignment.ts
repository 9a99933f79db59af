/** How a value is assigned to an option, `--auth x`, to a variable, `AUTH=x`, or elsewhere. */
export function assignment(name: string, value: string): string {
  if (name.startsWith('-')) return `${name} ${value}`;
  return /^\w+$/.test(name) ? `${name}=${value}` : value;
}
