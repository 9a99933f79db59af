import type { Check } from './check.js';
import { answerTimeCheck } from './checks/answer-time.js';
import { credentialsCheck } from './checks/credentials.js';
import { dnsCheck } from './checks/dns.js';
import { emptyBodyCheck } from './checks/empty-body.js';
import { httpCheck } from './checks/http.js';
import { protectionCheck } from './checks/protection.js';
import { redirectCheck } from './checks/redirect.js';
import { sampleCheck } from './checks/sample.js';
import { tcpCheck } from './checks/tcp.js';
import { tlsCheck } from './checks/tls.js';
import { urlCheck } from './checks/url.js';

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [
  urlCheck,
  dnsCheck,
  tcpCheck,
  tlsCheck,
  httpCheck,
  redirectCheck,
  credentialsCheck,
  protectionCheck,
  sampleCheck,
  emptyBodyCheck,
  answerTimeCheck,
];
