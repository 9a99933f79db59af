// `next start`, bound to HOST, and only with credentials.
import { createServer } from 'node:http';
import next from 'next';

const { HOOK_USER, HOOK_PASSWORD, HOST = '127.0.0.1', PORT = '3000' } = process.env;
if (!HOOK_USER || !HOOK_PASSWORD) {
  console.error('Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.');
  process.exit(2);
}

const app = next({ dir: import.meta.dirname });
await app.prepare();
const server = createServer(app.getRequestHandler());
server.listen(Number(PORT), HOST, () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/webhooks/netcore`);
});
process.once('SIGTERM', () => server.close(() => process.exit()));
