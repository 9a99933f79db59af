// Makes `npm ci` build. Without development packages (an installed tarball, `--omit=dev`) building
// is impossible, and `dist` is already present.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function hasBundler() {
  try {
    require.resolve('rolldown');
    return true;
  } catch {
    return false;
  }
}

if (hasBundler()) {
  await import('./build.js');
} else if (!existsSync(new URL('../dist/main.cjs', import.meta.url))) {
  console.error('netcore-hook: neither dist/ nor what builds it is here. Run: npm ci');
  process.exitCode = 1;
}
