import { copyText } from './copy-text.js';
import { hasFilters } from './filters.js';
import { Icon } from './icon.js';
import { Looking, lookedBack } from './list-end.js';
import { clearFilters, dialog, feed, filters } from './page-state.js';

/** Replaces an empty list: loading, no calls, or an error. */
export function EmptyList() {
  const progress = feed.progress.value;
  if (progress.state === 'failed') {
    return (
      <div class="empty">
        <Icon name="alert" />
        <h2>{progress.message}</h2>
        {progress.hint && <p>{progress.hint}</p>}
        <div class="empty-actions">
          <button type="button" class="button" onClick={() => void feed.ask(filters.value)}>
            Try again
          </button>
          <ClearFilters />
        </div>
      </div>
    );
  }
  if (progress.state === 'looking') {
    if (progress.lookedTo === null) return <Skeletons />;
    return (
      <div class="empty">
        <h2>Nothing found so far</h2>
        <div class="empty-actions">
          <Looking />
        </div>
      </div>
    );
  }
  if (hasFilters(filters.value)) {
    return (
      <div class="empty">
        <Icon name="search" />
        <h2>No call matches these filters</h2>
        {progress.state === 'stopped' && (
          <p>The search was stopped{lookedBack(progress.lookedTo, ',')}.</p>
        )}
        <div class="empty-actions">
          <ClearFilters />
          {progress.state === 'stopped' && (
            <button type="button" class="button" onClick={() => feed.loadOlder()}>
              Continue searching
            </button>
          )}
        </div>
      </div>
    );
  }
  return <FirstEvent />;
}

function ClearFilters() {
  if (!hasFilters(filters.value)) return null;
  return (
    <button type="button" class="button primary" onClick={clearFilters}>
      Clear filters
    </button>
  );
}

/** How to receive a first call. */
function FirstEvent() {
  const listener = feed.stats.value?.listeners[0];
  if (feed.connection.value.state === 'waiting') {
    return (
      <div class="empty">
        <Icon name="alert" />
        <h2>The inspector does not answer</h2>
        <p>It runs with the listener. This page reconnects when a listener starts.</p>
        <Command text="netcore-hook listen" />
      </div>
    );
  }
  if (feed.stats.value && !listener) {
    return (
      <div class="empty">
        <img src="/icon.svg" alt="" width="36" height="36" />
        <h2>No calls yet, and no listener is running</h2>
        <p>Start one in a terminal. Received calls appear here.</p>
        <Command text="netcore-hook listen" />
      </div>
    );
  }
  const url = listener ?? 'http://127.0.0.1:4400/';
  return (
    <div class="empty">
      <img src="/icon.svg" alt="" width="36" height="36" />
      <h2>Waiting for the first call</h2>
      <p>
        Point a webhook of Netcore at <code>{url}</code>, or send a sample event:
      </p>
      <button
        type="button"
        class="button primary"
        onClick={() => {
          dialog.value = 'send';
        }}
      >
        <Icon name="send" />
        Send a sample
      </button>
      <p class="faint">or in a terminal</p>
      <Command text="netcore-hook send -c email" />
      <Command text={sampleCurl(url)} />
    </div>
  );
}

/** A terminal command with a copy button. */
function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <button
        type="button"
        class="button quiet small square"
        aria-label={`Copy ${text.split(' ', 2).join(' ')}`}
        title="Copy"
        onClick={() => copyText(text, 'Copied')}
      >
        <Icon name="copy" />
      </button>
    </div>
  );
}

function sampleCurl(url: string): string {
  const payload =
    '{"netcore_hook_test":[{"channel":"email","event":"open","msgid":"546","event_params":{"email":"asha@example.com"}}]}';
  return `curl ${url} --data-urlencode 'data=${payload}'`;
}

/** Placeholders for rows that are loading. */
function Skeletons() {
  return (
    <div class="skeletons" aria-hidden="true">
      {Array.from({ length: 14 }, (_, row) => (
        <div key={row} class="skeleton-row">
          <span class="skeleton" />
          <span class="skeleton" />
          <span class="skeleton" />
          <span class="skeleton" />
        </div>
      ))}
    </div>
  );
}
