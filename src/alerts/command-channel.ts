import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Host } from '../host.js';
import { plainReason } from '../problems/translate.js';
import { type Alert, alertJson } from './alert.js';
import type { AlertChannel } from './alerts.js';

/** How long a command may run, in milliseconds. */
const maxRun = 30_000;
/** How many characters of what it complains are repeated. */
const maxComplaint = 300;

/**
 * Runs a command by the platform's shell for each alert, which it finds as a line of JSON on its
 * stdin, and in short in its environment. What it prints is dropped, but for the reason why it
 * failed. `limit`: milliseconds after which it is killed, with all that it started.
 */
export function commandChannel(
  command: string,
  host: Pick<Host, 'env' | 'cwd' | 'platform' | 'killGroup'>,
  limit: number = maxRun,
): AlertChannel {
  const windows = host.platform === 'win32';
  return {
    name: '--alert-command',
    deliver: (alert, signal) =>
      new Promise((resolve) => {
        const child = spawn(command, {
          shell: true,
          cwd: host.cwd,
          env: { ...host.env, ...alertEnvironment(alert) },
          stdio: ['pipe', 'ignore', 'pipe'],
          windowsHide: true,
          // It leads a group of its own, so that what it starts can be killed with it.
          detached: !windows,
        });
        let complaint = '';
        let killedFor: string | undefined;
        const kill = (reason: string) => {
          killedFor = reason;
          if (windows || child.pid === undefined) child.kill('SIGKILL');
          else host.killGroup(child.pid);
          // Whoever has left the group may still hold the other end.
          child.stderr.destroy();
        };
        const stop = () => kill('It was stopped because its time ran out.');
        const timer = setTimeout(() => kill(`It took longer than ${limit / 1000} s.`), limit);
        const settle = (failure: string | undefined) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          resolve(failure);
        };
        child.stderr.on('data', (chunk: Buffer) => {
          if (complaint.length < maxComplaint) complaint += chunk.toString('utf8');
        });
        child.on('error', (error) => settle(`It could not be run: ${plainReason(error)}.`));
        child.on('exit', (code) => {
          if (code !== 0) return;
          // What it left running in the background is not waited for.
          if (child.stderr instanceof Socket) child.stderr.unref();
          settle(undefined);
        });
        child.on('close', (code, killedBy) =>
          settle(killedFor ?? whyFailed(code, killedBy, complaint)),
        );
        // It need not read what it is told.
        child.stdin.on('error', () => {});
        child.stdin.end(`${alertJson(alert)}\n`);
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
      }),
  };
}

function alertEnvironment({ kind, message }: Alert): Record<string, string> {
  return { NETCORE_HOOK_ALERT: kind, NETCORE_HOOK_ALERT_MESSAGE: message };
}

function whyFailed(code: number | null, killedBy: string | null, complaint: string): string {
  const how = code === null ? `It was ended by ${killedBy}` : `It ended with ${code}`;
  const said = complaint.slice(0, maxComplaint).replace(/\s+/g, ' ').trim();
  return said === '' ? `${how}.` : `${how}: ${said}`;
}
