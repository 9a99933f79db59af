import { asProblem } from '../problems/translate.js';

/** Says what can be lost on a server, or why nothing can be handed over to it now. */
export async function warnOfRedis(
  url: URL,
  warn: (code: string, message: string) => void,
): Promise<void> {
  const { checkRedis } = await import('../queue/redis/check-redis.js');
  try {
    for (const { code, message } of await checkRedis(url.href)) warn(code, message);
  } catch (error) {
    const { code, message } = asProblem(error);
    warn(code, `${message} Calls wait in the store until it is available.`);
  }
}
