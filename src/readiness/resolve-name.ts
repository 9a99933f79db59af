import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/**
 * The addresses of a URL's host, from the system's resolver. Rejects as `dns.lookup` does, after
 * `timeout` milliseconds with EAI_AGAIN.
 */
export async function resolveName(hostname: string, timeout: number): Promise<string[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' })),
      timeout,
    );
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), tooLate]);
    return found.map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
}
