/** How a value is given to an option, `--auth x`, or to a variable of the environment, `AUTH=x`. */
export function assignment(name: string, value: string): string {
  return name.startsWith('-') ? `${name} ${value}` : `${name}=${value}`;
}
