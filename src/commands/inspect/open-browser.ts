import { spawn } from 'node:child_process';
import { plainReason } from '../../problems/translate.js';

/** Milliseconds after which the opener counts as successful. */
const maxWaitMs = 2000;

/** The platform's own opener, which needs no shell and no installation. */
function openerOf(platform: NodeJS.Platform): readonly [program: string, ...words: string[]] {
  switch (platform) {
    case 'darwin':
      return ['open'];
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler'];
    default:
      return ['xdg-open'];
  }
}

/** Opens a URL in the user's browser; resolves to the reason of a failure, if any. */
export function openBrowser(url: string, platform: NodeJS.Platform): Promise<string | undefined> {
  const [program, ...words] = openerOf(platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...words, url], { stdio: 'ignore', detached: true });
    // Some openers are the browser itself, and keep running.
    const timer = setTimeout(() => resolve(undefined), maxWaitMs);
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      resolve(failure);
    };
    child.once('error', (error) => end(`${program} cannot be started (${plainReason(error)})`));
    child.once('exit', (code) => {
      // rundll32's exit code is meaningless.
      end(code === 0 || platform === 'win32' ? undefined : `${program} found no browser`);
    });
    child.unref();
  });
}
