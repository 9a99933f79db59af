/** Resolves when a condition holds; it is asked again and again, in turns with everything else. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  most = 15_000,
): Promise<void> {
  const end = Date.now() + most;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${most} ms: ${what}`);
    await new Promise(setImmediate);
  }
}
