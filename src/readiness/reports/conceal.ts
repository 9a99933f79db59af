/**
 * A function that takes secrets out of texts: an endpoint may say back what it was sent. Very short
 * ones are left: taking them out would make every text unreadable, and show where they stood.
 */
export function concealer(secrets: readonly string[]): (text: string) => string {
  const long = [...new Set(secrets)]
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length);
  return (text) => long.reduce((shown, secret) => withoutSecret(shown, secret), text);
}

const removed = '<removed>';

function withoutSecret(text: string, secret: string): string {
  const shown = text.replaceAll(secret, removed);
  // A quotation may be cut in the middle of it.
  if (!shown.includes('…')) return shown;
  for (let length = secret.length - 1; length >= shortest; length -= 1) {
    const rest = `${secret.slice(0, length)}…`;
    if (shown.includes(rest)) return shown.replaceAll(rest, `${removed}…`);
  }
  return shown;
}

const shortest = 4;

/** A URL as it may be shown around: tokens stand in queries. */
export function shownUrl(url: URL): string {
  const query = [...url.searchParams.keys()].map((key) => `${encodeURIComponent(key)}=…`);
  return `${url.origin}${url.pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}
