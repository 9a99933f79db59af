import { renameSync, writeFileSync } from 'node:fs';

/** Writes the server's URL atomically, as `listen --ready-file` does. */
export function announce(readyFile, url) {
  writeFileSync(`${readyFile}.new`, JSON.stringify({ url }));
  renameSync(`${readyFile}.new`, readyFile);
}

/** Listens on a free port of loopback until SIGTERM. */
export function listenAndAnnounce(server, readyFile) {
  server.listen(0, '127.0.0.1', () => {
    announce(readyFile, `http://127.0.0.1:${server.address().port}/hook`);
  });
  process.on('SIGTERM', () => process.exit(0));
}
