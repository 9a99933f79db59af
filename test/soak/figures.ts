import { readFileSync } from 'node:fs';

/** Prints what a proof has measured. */
export function print(proof: string, figures: Readonly<Record<string, string | number>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`\n  ${proof}: ${words.join(', ')}\n\n`);
}

/** What a process holds in memory now, in MB. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
