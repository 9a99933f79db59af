import { setImmediate } from 'node:timers/promises';

/**
 * For those who write much: the function it returns waits until the stream has room again, and
 * resolves to whether anybody still reads. Made before the first write.
 */
export function roomToWrite(stream: NodeJS.WritableStream): () => Promise<boolean> {
  let gone = false;
  // process.stdout does not stay destroyed, so that its end has to be remembered.
  const leave = () => {
    gone = true;
  };
  stream.once('error', leave).once('close', leave);
  return async () => {
    // Node tells of a closed pipe in a later turn of its event loop.
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
