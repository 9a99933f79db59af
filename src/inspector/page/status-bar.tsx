import { hasFilters } from './filters.js';
import { Icon } from './icon.js';
import { dialog, feed, filters, paused } from './page-state.js';
import { counted, countText } from './words.js';

/** The numbers of listed, total and missed calls. */
export function StatusBar() {
  const loaded = feed.list.value.calls.length;
  const stats = feed.stats.value;
  const missed = feed.missed.value;
  const disconnected = feed.connection.value.state === 'waiting';
  return (
    <footer class="status-bar">
      <span>
        {hasFilters(filters.value)
          ? `${counted(loaded, 'call')} found so far`
          : stats
            ? recordedText(loaded, Math.max(stats.captures, loaded))
            : counted(loaded, 'call')}
      </span>
      {disconnected && (
        <span class="missed" role="alert">
          <Icon name="alert" />
          The inspector does not answer. Is netcore-hook still running? Trying again…
        </span>
      )}
      {paused.value && <span>Paused: new calls wait</span>}
      {missed > 0 && (
        <span class="missed">
          <Icon name="alert" />
          {countText(missed)} more were not shown: filter or scroll
        </span>
      )}
      <span class="spacer" />
      {stats && (
        <span class="store" title={`The store: ${stats.store}`}>
          <bdi>{stats.store}</bdi>
        </span>
      )}
      <button
        type="button"
        class="link"
        onClick={() => {
          dialog.value = 'help';
        }}
      >
        Keys
      </button>
    </footer>
  );
}

function recordedText(loaded: number, recorded: number): string {
  return recorded === 0 ? 'No calls yet' : `${countText(loaded)} of ${counted(recorded, 'call')}`;
}
