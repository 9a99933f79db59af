import type { IncomingMessage } from 'node:http';
import { afterEach } from 'vitest';
import type { Attempt, Sender, SenderOptions } from '../../src/call/attempt.js';
import { planCall } from '../../src/call/plan-call.js';
import { createSender } from '../../src/call/send.js';

const senders: Sender[] = [];
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.close();
});

export function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = createSender({ timeout: 2000, connections: 1, insecure: false, ...options });
  senders.push(made);
  return made;
}

export function callTo(url: URL, body = 'data=%7B%7D') {
  return planCall({ url, body: new TextEncoder().encode(body), userAgent: 'netcore-hook/0.1.0' });
}

export function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return request.toArray().then((chunks) => Buffer.concat(chunks));
}

export function codeOf(attempt: Attempt): string | number {
  return attempt.kind === 'answered' ? attempt.status : attempt.code;
}
