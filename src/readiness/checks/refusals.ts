import type { Credentials } from '../../call/plan-call.js';
import { basicAuthorization } from '../../call/plan-call.js';
import type { Check } from '../check.js';
import { byAnswer } from '../event-check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import { isAccepted } from '../judge-answer.js';
import type { SentCall } from '../sent-call.js';

type Accepted =
  | 'wrong_user_accepted'
  | 'other_scheme_accepted'
  | 'wrong_password_accepted'
  | 'password_cut_at_colon';

export const refusalsCheck: Check = {
  id: 'refusals',
  group: 'authentication',
  suite: 'full',
  title: 'Other wrong credentials refused with 401',
  sends: 'POSTs without a body, with a wrong user, another scheme, broken credentials and more',
  harmless: true,
  needs: 'protection',
  run: async (probe) => {
    const { credentials } = probe.endpoint;
    if (!credentials) return [finding('no_credentials')];
    const { none, wrong } = await probe.unauthenticatedCalls();
    if (isAccepted(none) || isAccepted(wrong)) return [finding('nothing_refused')];
    const known = [none, wrong].map((each) => (each.kind === 'answered' ? each.status : each.code));
    const accepted = new Map<Accepted, SentCall[]>();
    const refused = [];
    for (const { name, authorization, code } of invalidLogins(credentials)) {
      const attempt = await probe.call(`A call with ${name}`, { authorization });
      if (probe.death()) return [];
      if (isAccepted(attempt)) accepted.set(code, [...(accepted.get(code) ?? []), attempt]);
      else refused.push({ name, attempt });
    }
    const findings: Finding[] = [...accepted].map(([code, calls]) =>
      shownBy(finding(code), ...calls),
    );
    for (const { what, calls } of byAnswer(refused)) {
      const [attempt] = calls;
      if (attempt.kind === 'failed') {
        if (known.includes(attempt.code)) continue;
        const { reason } = attempt;
        findings.push(shownBy(finding('refusal_not_answered', { what, reason }), ...calls));
      } else if (attempt.status !== 401 && !known.includes(attempt.status)) {
        const { status } = attempt;
        findings.push(shownBy(finding('refusal_not_401', { what, status }), ...calls));
      }
    }
    return findings;
  },
};

interface InvalidLogin {
  readonly name: string;
  readonly authorization: string;
  /** The finding when the endpoint accepts it. */
  readonly code: Accepted;
}

function invalidLogins({ user, password }: Credentials): readonly InvalidLogin[] {
  const right = basicAuthorization({ user, password });
  const as = (changes: Partial<Credentials>) => basicAuthorization({ user, password, ...changes });
  return [
    {
      name: 'a wrong user',
      authorization: as({ user: `${user}-unknown` }),
      code: 'wrong_user_accepted',
    },
    { name: 'no password', authorization: as({ password: '' }), code: 'wrong_password_accepted' },
    {
      name: 'a password beyond ASCII',
      authorization: as({ password: 'falsch-übung-密码' }),
      code: 'wrong_password_accepted',
    },
    {
      name: 'a colon and more behind the password',
      authorization: as({ password: `${password}:and-more` }),
      code: 'password_cut_at_colon',
    },
    {
      name: 'the scheme Bearer',
      authorization: right.replace(/^Basic/, 'Bearer'),
      code: 'other_scheme_accepted',
    },
    {
      name: 'Basic with an empty value',
      authorization: 'Basic',
      code: 'wrong_password_accepted',
    },
    {
      name: 'Basic and no Base64 behind it',
      authorization: 'Basic %%%',
      code: 'wrong_password_accepted',
    },
  ];
}
