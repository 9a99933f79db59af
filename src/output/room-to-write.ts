import { setImmediate } from 'node:timers/promises';

/**
 * For bulk output: the returned function waits until the stream accepts more, and resolves to
 * whether it still has a reader. Create it before the first write.
 */
export function roomToWrite(stream: NodeJS.WritableStream): () => Promise<boolean> {
  let closed = false;
  // process.stdout does not stay destroyed, so remember its end.
  const close = () => {
    closed = true;
  };
  stream.once('error', close).once('close', close);
  return async () => {
    // Node reports a closed pipe in a later turn of its event loop.
    await setImmediate();
    while (!closed && needsDrain(stream)) await drainOrEnd(stream);
    return !closed;
  };
}

function needsDrain(stream: NodeJS.WritableStream): boolean {
  return 'writableNeedDrain' in stream && stream.writableNeedDrain === true;
}

const ends = ['drain', 'close', 'error'] as const;

function drainOrEnd(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ends) stream.removeListener(event, done);
      resolve();
    };
    for (const event of ends) stream.once(event, done);
  });
}
