/*
 * A process of its own between a listener and its tunnel's program: the program ends when the
 * listener does, however that came about. The system closes the channel to a process that was
 * killed, and a public address must not outlive what asks for a password behind it.
 */
import { spawn } from 'node:child_process';

/** How long the program may take to end, in milliseconds. */
const patience = 2_000;

const [, , file = '', ...args] = process.argv;
const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], windowsHide: true });
let impatience: NodeJS.Timeout | undefined;

function endChild(): void {
  child.kill('SIGTERM');
  impatience ??= setTimeout(() => child.kill('SIGKILL'), patience);
}

function leave(code: number): void {
  clearTimeout(impatience);
  process.exitCode = code;
  process.off('disconnect', endChild);
  if (process.connected) process.disconnect();
}

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  leave(127);
});
child.on('exit', (code) => {
  leave(code ?? 1);
  // What it started itself, and did not end, would keep the address open: all the group ends.
  if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
});
process.on('disconnect', endChild);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endChild);
