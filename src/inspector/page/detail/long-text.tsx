import { useState } from 'preact/hooks';
import { shownText } from '../untrusted.js';
import { countText } from '../words.js';

/** Characters added on each request; laying them out takes some milliseconds. */
const step = 50_000;

/** Untrusted text of any length: its start, and more on request. */
export function LongText({ text, max = 600 }: { readonly text: string; readonly max?: number }) {
  const [shown, setShown] = useState(max);
  const rest = text.length - shown;
  if (rest <= 0) return <bdi class="long-text">{shownText(text)}</bdi>;
  return (
    <>
      <bdi class="long-text">{shownText(text.slice(0, shown))}…</bdi>{' '}
      <button
        type="button"
        class="link"
        onClick={() => setShown(rest <= step ? text.length : shown + step)}
      >
        {rest <= step
          ? `Show all ${countText(text.length)} characters`
          : `Show ${countText(step)} more of ${countText(text.length)} characters`}
      </button>
    </>
  );
}
