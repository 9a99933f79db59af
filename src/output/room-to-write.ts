import { setImmediate } from 'node:timers/promises';

/**
 * For bulk output: the returned function waits until the stream accepts more, and resolves to
 * whether it still has a reader. Create it before the first write.
 */
export function roomToWrite(stream: NodeJS.WritableStream): () => Promise<boolean> {
  let gone = false;
  // process.stdout does not stay destroyed, so remember its end.
  const leave = () => {
    gone = true;
  };
  stream.once('error', leave).once('close', leave);
  return async () => {
    // Node reports a closed pipe in a later turn of its event loop.
    await setImmediate();
    while (!gone && needsDrain(stream)) await drainOrEnd(stream);
    return !gone;
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
