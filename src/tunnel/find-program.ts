import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Host } from '../host.js';

/** Finds a program on the PATH as the platform does; undefined when it is missing. */
export async function findProgram(
  name: string,
  { env, cwd, platform }: Pick<Host, 'env' | 'cwd' | 'platform'>,
): Promise<string | undefined> {
  const windows = platform === 'win32';
  const path = env.PATH ?? env.Path ?? '';
  const endings = windows ? ['.exe'] : [''];
  for (const folder of path.split(delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const file = resolve(cwd, join(folder, `${name}${ending}`));
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
