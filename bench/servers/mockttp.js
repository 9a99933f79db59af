// mockttp keeps requests in memory; on SIGTERM this writes their size in bytes.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { announce } from './announce.js';

const [installed, path, authorization, readyFile] = process.argv.slice(2);
const { getLocal } = createRequire(join(installed, 'package.json'))('mockttp');
const server = getLocal();
await server.start();
const endpoint = await server
  .forPost('/hook')
  .withHeaders({ authorization })
  .thenReply(200, 'OK\n');
announce(readyFile, server.urlFor('/hook').replace('localhost', '127.0.0.1'));

process.on('SIGTERM', async () => {
  const seen = await endpoint.getSeenRequests();
  const { data } = (await seen.at(-1)?.body.getFormData()) ?? {};
  writeFileSync(path, `${seen.length * (data?.length ?? 0)}`);
  process.exit(0);
});
