import { type Problem, problem } from '../problems/problem.js';

const maxShownLength = 80;

/** A mistake in a row: `report.csv, line 17, column 2 (Mobile): …`. */
export function rowProblem(
  location: { readonly name: string; readonly line: number; readonly column?: string | undefined },
  message: string,
  hint: string,
): Problem {
  const { name, line, column } = location;
  const where = [name, `line ${line}`, ...(column === undefined ? [] : [column])].join(', ');
  return problem('usage', { message: `${where}: ${message}.`, hint });
}

/** A value within a message. */
export function quoted(value: string): string {
  return value.length > maxShownLength ? `"${value.slice(0, maxShownLength - 1)}…"` : `"${value}"`;
}
