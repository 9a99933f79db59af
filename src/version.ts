import { readFileSync } from 'node:fs';
import { packageRoot } from './package-root.js';

export function readVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('package.json', packageRoot), 'utf8'),
  );
  return manifest.version;
}
