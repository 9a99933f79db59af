import { spawnSync } from 'node:child_process';

/** A proof that cannot be made is no proof: says what to install. */
export function needProgram(name: string): void {
  if (spawnSync(name, ['--version']).error) {
    throw new Error(`${name} is missing: apt-get install ${name}`);
  }
}
