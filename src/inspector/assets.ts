import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { packageRoot } from '../package-root.js';
import type { Reply } from './answers.js';
import { tokenMeta } from './api.js';

/** The page's files by the paths that serve them. */
export type Assets = ReadonlyMap<string, Reply>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads the built page, and inserts the token of this run. */
export function loadAssets(token: string): Assets {
  const folder = new URL('dist/inspector/', packageRoot);
  const assets = new Map<string, Reply>();
  for (const name of readdirSync(folder)) {
    const type = contentTypes[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(new URL(name, folder));
    if (name === 'index.html') {
      assets.set('/', reply(type, withToken(bytes.toString('utf8'), token)));
    } else assets.set(`/${name}`, reply(type, bytes));
  }
  return assets;
}

function reply(type: string, body: string | Uint8Array): Reply {
  return { status: 200, headers: { 'Content-Type': type }, body };
}

function withToken(html: string, token: string): string {
  const empty = `<meta name="${tokenMeta}" content="">`;
  if (!html.includes(empty)) throw new Error('The page has no place for the token.');
  return html.replace(empty, `<meta name="${tokenMeta}" content="${token}">`);
}
