/**
 * The treatment of a key's value.
 * - `kept`: the event's own facts, like its kind and time; only e-mail addresses are replaced.
 * - `text`: personal data within it is replaced.
 * - `personal`: replaced entirely.
 * - `name`: replaced entirely, and its words are replaced elsewhere too.
 */
export type ValueKind = 'kept' | 'text' | 'personal' | 'name';

/** Netcore's groups of contact attributes, and common names of others. */
const groups =
  /^(?:att|custom|udt)params?$|^(?:billing|contact|customer|guest|nominee|passenger|patient|payee|person|profile|recipient|shipping|subscriber|traits?|user)$/;
/** These ids may have as many digits as a telephone number. */
const kept =
  /^(?:channel|event|ts|timestamp|(?:msg|message|camp|campaign|journey|panel|template|list)id)$/;
const personal = /^(?:age|area|login|mail|uid|who)$/;
/** Also as the end of a longer key, in any style: `customer_email`, `customeremail`. */
const personalEndings =
  /(?:e?mail(?:id|address)?|mobile(?:no|number)?|phone(?:no|number)?|msisdn|foreignkey|identity|guid|(?:user|customer|client|contact|device|session|visitor)id|token(?:id)?|ipaddr(?:ess)?|address(?:line)?|street|pincode|zip(?:code)?|post(?:al)?code|birth(?:day|date)|dateofbirth|passport|passw(?:or)?d|passcode|secret|apikey|(?:card|account|acct|acc|pan|aa?dhaa?r|aadaar)(?:no|num|number)|aadhaa?r|upiid|latitude|longitude|whatsapp(?:no|number))$/;
/** Short words that other words end in: only as the last words of a key. */
const personalWords =
  /^(?:otp|otpcode|secretcode|cvv|cvc|[mt]?pin|pwd|upi|vpa|(?:upi|vpa)(?:id|address|handle)|pan|pancard|adhaa?r|iban|ssn|gstin|kyc(?:id|no)|addr|addrline|(?:ship|bill|deliver|email|reply)to|flat|house|residence|(?:current|delivery|home|user)location|city|town|village|landmark|locality|district|taluka|tehsil|ip|lat|lng|latl(?:on|n)g|geolocation|coordinates?|imei|imsi|adid|gaid|idfa|ckyc|ucic|uhid|mrn|(?:tax|national)id|bankaccount|cardlast|birthyear|dob|gender|sex|religion|caste|salary|income|maritalstatus?|bloodgroup|anniversary|mob|tel|telephone|fax|(?:verification|security)code|onetimepassword|drivinglicen[cs]e)$/;
/** Things with a number that identifies a person. */
const numberedWords =
  /^(?:ac|alternate|card|cell|cif|contact|crn|cust|customer|demat|dl|door|epic|fax|flat|folio|gst|house|licen[cs]e|loan|member|membership|mob|passport|plot|policy|rc|registration|tel|vehicle|voter)(?:no|num|number)$|^(?:employee|licen[cs]e|member|membership|patient|policy|student|voter)id$/;
const nameEndings =
  /(?:^fname|^lname|(?:first|last|middle|full|sur|given|family|nick|display|user|customer|contact|person|recipient|subscriber|billing|shipping)name)$/;
const nameWords =
  /^(?:(?:agent|applicant|attendee|author|beneficiary|bill|borrower|buyer|card|child|client|consignee|consumer|cust|delivery|doctor|donor|driver|emp|employee|father|guardian|guest|holder|husband|insured|lead|legal|login|maiden|manager|member|mother|nominee|owner|parent|participant|passenger|patient|payee|payer|person|receiver|referee|referr?er|rider|rm|ship|spouse|staff|student|teacher|tenant|to|travell?er|usr|wife)name|(?:account|card|policy)?holder|contactperson|buyer|father|mother|spouse|husband|wife|addressee|attn|beneficiary|consignee|initials?|payer|surname)$/;

/** The kind of a key's value, within a value of the kind `around`. */
export function kindOfKey(key: string, around: ValueKind): ValueKind {
  const words = wordsOf(key);
  const folded = words.join('');
  const isOne = (endings: RegExp) =>
    [1, 2, 3].some((count) => endings.test(words.slice(-count).join('')));
  if (nameEndings.test(folded) || isOne(nameWords)) return 'name';
  if (around === 'personal' || around === 'name') return around;
  if ([groups, personal, personalEndings].some((keys) => keys.test(folded))) return 'personal';
  if (isOne(personalWords) || isOne(numberedWords)) return 'personal';
  return kept.test(folded) ? 'kept' : 'text';
}

/**
 * A key's words in lower case, without type suffixes and counters: `Address_line_2`, `mobiles_s`.
 */
function wordsOf(key: string): string[] {
  const named = key.replace(/_(?!nm$)[a-z]m?$/i, '').replace(/\d{1,3}$/, '');
  const words = named
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]/u)
    .filter((word) => word !== '');
  const last = words.pop() ?? '';
  const whole = last === 'nm' ? 'name' : last.replace(/(?<=address)es$|(?<=[^s])s$/, '');
  return [...words, /^(?:address|ts|sms)$/.test(last) ? last : whole];
}

/** Query parameters are personal by default, except for known harmless ones. */
export function kindOfParameter(name: string): ValueKind {
  const kind = kindOfKey(name, 'text');
  const harmless = /^(?:utm_.*|lang|locale|currency|page|v|version)$/i.test(name);
  return kind === 'text' && !harmless ? 'personal' : kind;
}
