/*
 * This process between a listener and its tunnel program ends the program when the listener ends,
 * even when the listener is killed: the system then closes the channel. A public address must not
 * outlive the listener that checks passwords.
 */
import { spawn } from 'node:child_process';

const graceMs = 2_000;

const [, , file = '', ...args] = process.argv;
const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], windowsHide: true });
let killTimer: NodeJS.Timeout | undefined;

function endChild(): void {
  child.kill('SIGTERM');
  killTimer ??= setTimeout(() => child.kill('SIGKILL'), graceMs);
}

function leave(code: number): void {
  clearTimeout(killTimer);
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
  // Its children could keep the address open, so end the whole group.
  if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
});
process.on('disconnect', endChild);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endChild);
