import { spawn } from 'node:child_process';
import { plainReason } from '../../problems/translate.js';

/** Milliseconds after which the opener is believed to have done it. */
const patience = 2000;

/** The platform's own opener: no shell reads the address, and nothing has to be installed. */
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

/** Opens an address in the user's browser; resolves to why that failed, if it did. */
export function openBrowser(url: string, platform: NodeJS.Platform): Promise<string | undefined> {
  const [program, ...words] = openerOf(platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...words, url], { stdio: 'ignore', detached: true });
    // Some openers are the browser itself, and stay.
    const timer = setTimeout(() => resolve(undefined), patience);
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      resolve(failure);
    };
    child.once('error', (error) => end(`${program} cannot be started (${plainReason(error)})`));
    child.once('exit', (code) => {
      // rundll32 ends with whatever it likes.
      end(code === 0 || platform === 'win32' ? undefined : `${program} found no browser`);
    });
    child.unref();
  });
}
