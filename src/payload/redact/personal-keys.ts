/**
 * What the value of a key is taken for.
 *
 * - `kept`: what an event is and when it happened; only e-mail addresses are looked for in it.
 * - `text`: whatever names a person is looked for in it.
 * - `personal`: it is all about the contact, and all of it is replaced.
 * - `name`: the same, and each word of it is looked for elsewhere, too.
 */
export type ValueKind = 'kept' | 'text' | 'personal' | 'name';

/** Netcore's groups of what a client knows about a contact, and what others call theirs. */
const groups =
  /^(?:att|custom|udt)params$|^(?:billing|contact|customer|person|profile|recipient|shipping|subscriber|traits|user)$/;
const kept = /^(?:channel|event|msgid|ts|timestamp)$/;
const personal = /^(?:aadhaar|age|city|dob|gender|ip|lat|lng|mail|pan|pin|uid|who)$/;
/** Also as the end of a longer key: `customer_email`. */
const personalEndings =
  /(?:e?mail(?:id|address)?|mobile(?:no|number)?|phone(?:no|number)?|msisdn|foreignkey|identity|guid|(?:user|customer|client|contact|device|session|visitor)id|token(?:id)?s?|ipaddr(?:ess)?|address|street|pincode|zip(?:code)?|post(?:al)?code|birth(?:day|date)|dateofbirth|passport|password|secret|apikey|(?:card|account)(?:no|number)|latitude|longitude)$/;
const nameEndings =
  /(?:^fname|^lname|(?:first|last|middle|full|sur|given|family|nick|display|user|customer|contact|person|recipient|subscriber|billing|shipping)name)$/;

/** The kind of a key's value, inside a value of the kind `around`. */
export function kindOfKey(key: string, around: ValueKind): ValueKind {
  const folded = key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  if (nameEndings.test(folded)) return 'name';
  if (around === 'personal' || around === 'name') return around;
  if ([groups, personal, personalEndings].some((keys) => keys.test(folded))) return 'personal';
  return kept.test(folded) ? 'kept' : 'text';
}

/** In queries of URLs anything may name somebody, but for what is known to be of no one. */
export function kindOfParameter(name: string): ValueKind {
  const kind = kindOfKey(name, 'text');
  const harmless = /^(?:utm_.*|lang|locale|currency|page|v|version)$/i.test(name);
  return kind === 'text' && !harmless ? 'personal' : kind;
}
