/** Help, README and a test share this table. */
export const exitCodes = {
  done: { code: 0, meaning: 'success; also a command that was stopped with Ctrl-C as intended' },
  no: {
    code: 1,
    meaning:
      'negative result: a check failed, a call was not answered 200, an event or id is missing',
  },
  usage: { code: 2, meaning: 'usage error' },
  environment: {
    code: 3,
    meaning:
      'environment error: port, disk, permission or store; send, simulate, replay: no answer at all',
  },
  bug: { code: 70, meaning: 'internal error, a bug in netcore-hook' },
  interrupted: { code: 130, meaning: 'interrupted by Ctrl-C (143 by SIGTERM)' },
} as const;

/** The exit code by which shells recognize a signal. */
export function interruptionCode(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGTERM' ? 143 : exitCodes.interrupted.code;
}

export type ExitName = keyof typeof exitCodes;
