/** Waits no longer than so many milliseconds, whatever comes of it. */
export async function within(most: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, most);
  });
  await Promise.race([promise.catch(() => {}), late]);
  clearTimeout(timer);
}
