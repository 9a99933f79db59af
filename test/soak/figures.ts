import { readdirSync, readFileSync } from 'node:fs';

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

/** How many files and sockets a process has open. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
