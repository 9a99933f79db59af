import { setTimeout } from '../../src/real-timers.js';

/** How often a condition is asked in turn with everything else of this process, which most wait for. */
const turns = 20;
/** From then on, another process may have to act, and needs the processor. */
const pauseMs = 5;

/** Resolves when a condition holds; it is asked again and again. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  most = 15_000,
): Promise<void> {
  const end = Date.now() + most;
  for (let turn = 0; !(await condition()); turn += 1) {
    if (Date.now() > end) throw new Error(`Not within ${most} ms: ${what}`);
    await (turn < turns ? new Promise(setImmediate) : pause());
  }
}

/** Leaves the processor to other processes, between two questions whether they have acted. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
}
