import { execFileSync } from 'node:child_process';

/** The writer thread and the packed binary are tested as they ship, so `dist` must be fresh. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.js', '--no-types'], { stdio: 'inherit' });
}
