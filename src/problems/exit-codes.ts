import type { StopSignal } from '../host.js';

/** How the process ends. Help, README and a test share this table. */
export const exitCodes = {
  done: { code: 0, meaning: 'done; also a clean stop by Ctrl-C of what runs until stopped' },
  no: {
    code: 1,
    meaning:
      'the answer is no: a check failed, some call not answered 200, nothing decoded, no such id',
  },
  usage: { code: 2, meaning: 'the command line is wrong' },
  environment: {
    code: 3,
    meaning: 'port, disk, permission or store; for send and replay: no attempt got any answer',
  },
  bug: { code: 70, meaning: 'a bug in netcore-hook' },
  interrupted: { code: 130, meaning: 'interrupted by Ctrl-C (143 by SIGTERM)' },
} as const;

/** What a shell expects of a process that a signal ended. */
export function interruptionCode(signal: StopSignal): number {
  return signal === 'SIGTERM' ? 143 : exitCodes.interrupted.code;
}

export type ExitName = keyof typeof exitCodes;
