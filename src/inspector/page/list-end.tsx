import { now } from './now.js';
import { feed } from './page-state.js';
import { momentText } from './times.js';
import { counted } from './words.js';

/** The footer below the last row: how far the list reaches, and how to load more. */
export function ListEnd() {
  const progress = feed.progress.value;
  const total = feed.list.value.calls.length;
  return <div class="list-end">{wordsOf()}</div>;

  function wordsOf() {
    switch (progress.state) {
      case 'idle':
        return <span class="faint">Scroll for older calls</span>;
      case 'end':
        return <span class="faint">That is all: {counted(total, 'call')}</span>;
      case 'full':
        return (
          <span>{counted(total, 'call')} are loaded. Choose a time to look further back.</span>
        );
      case 'looking':
        return <Looking />;
      case 'stopped':
        return (
          <>
            <span>Stopped{lookedBack(progress.lookedTo, ',')}</span>
            <button type="button" class="button small" onClick={() => feed.loadOlder()}>
              Continue
            </button>
          </>
        );
      case 'failed':
        return (
          <>
            <span class="bad">{progress.message}</span>
            <button type="button" class="button small" onClick={() => feed.loadOlder()}>
              Try again
            </button>
          </>
        );
    }
  }
}

/** The progress of a search, with a button to stop it. */
export function Looking() {
  const progress = feed.progress.value;
  const lookedTo = progress.state === 'looking' ? progress.lookedTo : null;
  return (
    <>
      <span class="soft">Looking…{lookedBack(lookedTo, '')}</span>
      {lookedTo !== null && (
        <button type="button" class="button small" onClick={() => feed.stopLooking()}>
          Stop
        </button>
      )}
    </>
  );
}

export function lookedBack(lookedTo: string | null, comma: '' | ','): string {
  return lookedTo === null ? '' : `${comma} back to ${momentText(lookedTo, now.peek())}`;
}
