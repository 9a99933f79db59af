import { copyText } from './copy-text.js';
import { Icon, type IconName } from './icon.js';
import { dialog, feed, following, paused, toggleFollowing } from './page-state.js';
import { type Theme, theme, themes } from './preferences.js';

/** The title, the connection state and the global actions. */
export function TopBar() {
  return (
    <header class="top-bar">
      <h1>
        <img src="/icon.svg" alt="" width="20" height="20" />
        <span>netcore-hook</span>
      </h1>
      <ConnectionState />
      <Listener />
      <div class="spacer" />
      <button
        type="button"
        class="button send-button"
        aria-keyshortcuts="s"
        aria-label="Send a sample"
        onClick={() => {
          dialog.value = 'send';
        }}
      >
        <Icon name="send" />
        <span>Send a sample</span>
      </button>
      <button
        type="button"
        class="button"
        aria-keyshortcuts="d"
        aria-label="Decode a paste"
        onClick={() => {
          dialog.value = 'decode';
        }}
      >
        <Icon name="decode" />
        <span>Decode</span>
      </button>
      <ThemeButton />
      <button
        type="button"
        class="button quiet square help-button"
        aria-label="Keys"
        title="Keys (?)"
        aria-keyshortcuts="?"
        onClick={() => {
          dialog.value = 'help';
        }}
      >
        ?
      </button>
    </header>
  );
}

/** Shows whether calls update live, and toggles it. */
function ConnectionState() {
  const connection = feed.connection.value;
  if (connection.state === 'waiting') {
    return (
      <button type="button" class="live gone" title="Try now" onClick={() => feed.retry()}>
        <span class="dot" />
        Not connected
        <span class="unseen">: try now</span>
      </button>
    );
  }
  if (connection.state === 'refused') {
    return (
      <button
        type="button"
        class="live gone"
        title="The inspector was restarted"
        onClick={() => location.reload()}
      >
        <span class="dot" />
        Reload
      </button>
    );
  }
  if (connection.state === 'connecting' || connection.state === 'rejected') {
    return (
      <span class="live connecting">
        <span class="dot" />
        {connection.state === 'rejected' ? 'Filter not valid' : 'Connecting'}
      </span>
    );
  }
  const listening = feed.stats.value?.listeners.length !== 0;
  return (
    <button
      type="button"
      class={paused.value ? 'live paused' : listening ? 'live' : 'live connecting'}
      aria-keyshortcuts="f"
      title={following.value ? 'Pause (f)' : 'Follow new calls (f)'}
      onClick={toggleFollowing}
    >
      {paused.value ? <Icon name="pause" /> : <span class="dot" />}
      {paused.value ? 'Paused' : listening ? 'Live' : 'Following'}
      <span class="unseen">{following.value ? ': pause' : ': follow new calls'}</span>
    </button>
  );
}

/** The listener's URL, for copying. */
function Listener() {
  const stats = feed.stats.value;
  if (!stats) return null;
  const [url] = stats.listeners;
  if (url === undefined) {
    return (
      <span class="listener none" title="Start one: netcore-hook listen">
        <Icon name="alert" />
        No listener is running
      </span>
    );
  }
  return (
    <button
      type="button"
      class="listener"
      title={`Calls are received here${stats.listeners.length > 1 ? `, and at ${stats.listeners.slice(1).join(', ')}` : ''}. Click to copy.`}
      aria-label={`Copy the address of the listener, ${url}`}
      onClick={() => copyText(url, 'Copied the address')}
    >
      <span class="mono">{url}</span>
      <Icon name="copy" />
    </button>
  );
}

const themeLooks = {
  system: { icon: 'contrast', words: 'as the system' },
  light: { icon: 'sun', words: 'light' },
  dark: { icon: 'moon', words: 'dark' },
} as const satisfies Record<Theme, { icon: IconName; words: string }>;

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
}

function ThemeButton() {
  const { icon, words } = themeLooks[theme.value];
  return (
    <button
      type="button"
      class="button quiet square"
      aria-label={`Theme: ${words}`}
      title={`Theme: ${words} (t)`}
      aria-keyshortcuts="t"
      onClick={nextTheme}
    >
      <Icon name={icon} />
    </button>
  );
}
