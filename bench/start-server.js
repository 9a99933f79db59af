import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Starts a server in a process of its own. `askUrl` resolves to its URL, or to undefined until it
 * accepts calls.
 */
export async function startServer([program, ...words], askUrl, options = {}) {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  let failure;
  const ended = new Promise((resolve) => {
    child.once('error', (error) => {
      failure = error;
      resolve();
    });
    child.once('exit', resolve);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for (let tries = 0; tries < 400 && !failure && child.exitCode === null; tries += 1) {
    const url = await askUrl();
    if (url !== undefined) return { url, stop, resident: () => maxResident(child.pid) };
    await pause(50);
  }
  await stop();
  throw new Error(`${program} ${words[0]} did not start: ${failure?.message ?? said}`);
}

/** For servers that write their URL to a file, as `listen --ready-file` does. */
export function urlInFile(file) {
  return () => {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).url;
    } catch {
      return undefined;
    }
  };
}

/** For servers with a given URL. */
export function urlThatAnswers(url) {
  return () =>
    fetch(url).then(
      () => url,
      () => undefined,
    );
}

/** A free port on loopback. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The maximum resident memory of a process, in MB. */
function maxResident(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
