/**
 * A function that removes secrets from texts, since an endpoint may echo them. Keeps very short
 * secrets: removing them would garble every text and reveal their positions.
 */
export function concealer(secrets: readonly string[]): (text: string) => string {
  const long = [...new Set(secrets)]
    .filter((secret) => secret.length >= minLength)
    .sort((a, b) => b.length - a.length);
  return (text) => long.reduce((shown, secret) => withoutSecret(shown, secret), text);
}

const removed = '<removed>';

function withoutSecret(text: string, secret: string): string {
  const shown = text.replaceAll(secret, removed);
  // A truncated quotation may end inside a secret.
  if (!shown.includes('…')) return shown;
  for (let length = secret.length - 1; length >= minLength; length -= 1) {
    const truncated = `${secret.slice(0, length)}…`;
    if (shown.includes(truncated)) return shown.replaceAll(truncated, `${removed}…`);
  }
  return shown;
}

const minLength = 4;

/** Whether a header's value is likely to be a secret. */
export function isSecretHeader(name: string): boolean {
  return /auth|cookie|key|token|secret|password|signature/i.test(name);
}

/** A URL without the values of its query, which may be tokens. */
export function shownUrl(url: URL): string {
  const query = [...url.searchParams.keys()].map((key) => `${encodeURIComponent(key)}=…`);
  return `${url.origin}${url.pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}
