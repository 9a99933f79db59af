import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Host } from '../host.js';
import { plainReason } from '../problems/translate.js';
import { alertJson, alertVariables } from './alert.js';
import type { AlertChannel, Delivery } from './alerts.js';

const maxRunMs = 30_000;
const maxComplaint = 300;

/**
 * Runs a shell command for each alert, with a line of JSON on stdin and its fields in the
 * environment. Drops its output, except for the reason of a failure. `limit`: milliseconds after
 * which the command and all its children are killed.
 */
export function commandChannel(
  command: string,
  host: Pick<Host, 'env' | 'cwd' | 'platform' | 'killGroup'>,
  limit: number = maxRunMs,
): AlertChannel {
  const windows = host.platform === 'win32';
  return {
    name: '--alert-command',
    deliver: (alert, signal) =>
      new Promise((resolve) => {
        const child = spawn(command, {
          shell: true,
          cwd: host.cwd,
          env: { ...host.env, ...alertVariables(alert) },
          stdio: ['pipe', 'ignore', 'pipe'],
          windowsHide: true,
          // A process group of its own, so that its children can be killed with it.
          detached: !windows,
        });
        let complaint = '';
        let killedFor: string | undefined;
        const kill = (reason: string) => {
          killedFor = reason;
          if (windows || child.pid === undefined) child.kill('SIGKILL');
          else host.killGroup(child.pid);
          // A process that left the group may still hold the other end.
          child.stderr.destroy();
        };
        const stop = () => kill('It was stopped because it timed out.');
        const timer = setTimeout(() => kill(`It took longer than ${limit / 1000} s.`), limit);
        const settle = (delivery: Delivery) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          resolve(delivery);
        };
        const fail = (answer: string) => settle({ delivered: false, answer });
        child.stderr.on('data', (chunk: Buffer) => {
          if (complaint.length < maxComplaint) complaint += chunk.toString('utf8');
        });
        child.on('error', (error) => fail(`It could not be run: ${plainReason(error)}.`));
        child.on('exit', (code) => {
          if (code !== 0) return;
          // Does not wait for background processes that the command left.
          if (child.stderr instanceof Socket) child.stderr.unref();
          settle({ delivered: true, answer: 'It ended with 0.' });
        });
        child.on('close', (code, killedBy) =>
          fail(killedFor ?? whyFailed(code, killedBy, complaint)),
        );
        // The command need not read its input.
        child.stdin.on('error', () => {});
        child.stdin.end(`${alertJson(alert)}\n`);
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
      }),
  };
}

function whyFailed(code: number | null, killedBy: string | null, complaint: string): string {
  const how = code === null ? `It was ended by ${killedBy}` : `It ended with ${code}`;
  const output = complaint.slice(0, maxComplaint).replace(/\s+/g, ' ').trim();
  return output === '' ? `${how}.` : `${how}: ${output}`;
}
