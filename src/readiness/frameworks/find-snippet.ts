import type { AnsweredAttempt } from '../../call/attempt.js';
import type { FindingCode } from '../findings.js';
import type { Framework, FrameworkId, Remedy } from './framework.js';
import { frameworks } from './frameworks.js';
import { isPageOfNginx, recognizeFramework } from './recognize-framework.js';

/** Findings that code or configuration can fix. */
export const remedies: Readonly<Partial<Record<FindingCode, Remedy>>> = {
  body_too_large: 'body_limit',
  content_type_refused: 'read_events',
  charset_refused: 'read_events',
  body_refused: 'read_events',
  server_failed: 'read_events',
  malformed_failed: 'read_events',
  endpoint_died: 'read_events',
  not_exactly_200: 'answer_200',
  empty_body_not_200: 'read_events',
  slow_answer: 'answer_first',
  answer_too_late: 'answer_first',
  authentication_not_basic: 'basic_auth',
  authentication_unclear: 'basic_auth',
  open_to_everybody: 'basic_auth',
  wrong_password_accepted: 'basic_auth',
  wrong_user_accepted: 'basic_auth',
  other_scheme_accepted: 'basic_auth',
  password_cut_at_colon: 'basic_auth',
  scheme_case_refused: 'basic_auth',
  refusal_not_401: 'basic_auth',
  forbidden: 'no_csrf',
  redirected: 'exact_path',
  not_found: 'route',
  method_refused: 'route',
  gateway_failed: 'gateway',
};

/** Statuses by which nginx in front of a server causes a finding itself. */
const statusesOfNginx: Readonly<Partial<Record<Remedy, readonly number[]>>> = {
  body_limit: [413],
  exact_path: [301, 302, 307, 308],
  route: [404, 405],
  gateway: [502, 503, 504],
};

/** A fix for a finding in the endpoint's framework. */
export interface Snippet {
  readonly framework: Framework;
  readonly text: string;
}

/** The remedy for a finding; undefined when no code or configuration fixes it. */
export function remedyFor(check: string, code: FindingCode): Remedy | undefined {
  // Frameworks without a 413 answer large bodies in their own ways.
  if (check === 'batch_size' && (code === 'body_refused' || code === 'server_failed')) {
    return 'body_limit';
  }
  return remedies[code];
}

/**
 * The snippet for a remedy, in the named framework or the recognized one. Errors of nginx itself
 * are fixed there, regardless of the server behind it.
 */
export function findSnippet(
  remedy: Remedy,
  answers: readonly AnsweredAttempt[],
  named?: FrameworkId,
): Snippet | undefined {
  const ofNginx = answers.some(
    (answer) => statusesOfNginx[remedy]?.includes(answer.status) && isPageOfNginx(answer),
  );
  const id = named ?? (ofNginx ? 'nginx' : recognizeFramework(answers));
  if (id === undefined) return undefined;
  const framework = frameworks[id];
  const text = framework.snippets[remedy];
  return text === undefined ? undefined : { framework, text };
}
