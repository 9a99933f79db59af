import type { Check } from './check.js';
import { activitiesCheck } from './checks/activities.js';
import { answerSizeCheck } from './checks/answer-size.js';
import { answerTimeCheck } from './checks/answer-time.js';
import { batchSizeCheck } from './checks/batch-size.js';
import { batchesCheck } from './checks/batches.js';
import { charactersCheck } from './checks/characters.js';
import { contentTypeCheck } from './checks/content-type.js';
import { credentialsCheck } from './checks/credentials.js';
import { dnsCheck } from './checks/dns.js';
import { emptyBodyCheck } from './checks/empty-body.js';
import { expectCheck } from './checks/expect.js';
import { gapsCheck } from './checks/gaps.js';
import { httpCheck } from './checks/http.js';
import { keepAliveCheck } from './checks/keep-alive.js';
import { malformedCheck } from './checks/malformed.js';
import { methodsCheck } from './checks/methods.js';
import { pathCheck } from './checks/path.js';
import { protectionCheck } from './checks/protection.js';
import { readsInputCheck } from './checks/reads-input.js';
import { redirectCheck } from './checks/redirect.js';
import { refusalsCheck } from './checks/refusals.js';
import { sampleCheck } from './checks/sample.js';
import { schemeCaseCheck } from './checks/scheme-case.js';
import { spellingCheck } from './checks/spelling.js';
import { tcpCheck } from './checks/tcp.js';
import { tlsCheck } from './checks/tls.js';
import { unknownCheck } from './checks/unknown.js';
import { urlCheck } from './checks/url.js';

/** Every check, in the order of execution. */
export const checks: readonly Check[] = [
  urlCheck,
  dnsCheck,
  tcpCheck,
  tlsCheck,
  httpCheck,
  redirectCheck,
  pathCheck,
  credentialsCheck,
  keepAliveCheck,
  methodsCheck,
  contentTypeCheck,
  expectCheck,
  protectionCheck,
  refusalsCheck,
  schemeCaseCheck,
  sampleCheck,
  emptyBodyCheck,
  readsInputCheck,
  answerTimeCheck,
  answerSizeCheck,
  activitiesCheck,
  batchesCheck,
  unknownCheck,
  spellingCheck,
  charactersCheck,
  gapsCheck,
  batchSizeCheck,
  malformedCheck,
];
