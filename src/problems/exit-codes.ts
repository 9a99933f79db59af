/** How the process ends. Help, README and a test share this table. */
export const exitCodes = {
  done: {
    code: 0,
    meaning: 'done; also a clean stop by Ctrl-C or SIGTERM of what runs until stopped',
  },
  no: {
    code: 1,
    meaning:
      'it ran, and the answer is no: a check failed, a call was not answered 200, nothing could be decoded, no such id',
  },
  usage: { code: 2, meaning: 'the command line asks for something that is not there' },
  environment: {
    code: 3,
    meaning:
      'the machine said no: port, disk, permission, store; for send and replay: no attempt got any answer',
  },
  bug: { code: 70, meaning: 'a bug in netcore-hook' },
  interrupted: { code: 130, meaning: 'any other interruption by Ctrl-C (143 by SIGTERM)' },
} as const;

export type ExitName = keyof typeof exitCodes;
