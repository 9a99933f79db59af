import { useEffect, useRef, useState } from 'preact/hooks';
import { outcomes } from '../../call/outcome.js';
import { activities, channels } from '../../payload/channels.js';
import { activityFilters, type FilterName, hasFilters } from './filters.js';
import { Icon } from './icon.js';
import { now } from './now.js';
import { clearFilters, dialog, feed, filterBy, filters } from './page-state.js';
import { momentText } from './times.js';
import { Untrusted } from './untrusted.js';

const knownActivities = [
  ...new Set(
    channels
      .filter((channel) => channel !== 'custom_activity')
      .flatMap((channel): readonly string[] => activities[channel]),
  ),
];
const statuses = ['2xx', '200', '3xx', '4xx', '401', '413', '5xx', '503'];
const spans = [
  { since: '15m', words: 'Last 15 minutes' },
  { since: '1h', words: 'Last hour' },
  { since: '24h', words: 'Last 24 hours' },
];

/** The filters: text, choices, and clicked values. */
export function FilterBar() {
  const seen = feed.stats.value?.seen;
  const asked = filters.value;
  return (
    <search class="filter-bar">
      <SearchField />
      <div class="choices">
        <Choice
          name="panel"
          label="Panel"
          any="Any panel"
          options={seen?.panels ?? []}
          onChoose={(panel) => filterBy({ panel })}
        />
        <Choice
          name="channel"
          label="Channel"
          any="Any channel"
          options={channels}
          onChoose={(channel) => filterBy({ channel })}
        />
        <Choice
          name="event"
          label="Activity"
          any="Any activity"
          options={[...new Set([...knownActivities, ...(seen?.activities ?? [])])]}
          onChoose={(event) => filterBy(activityFilters(event, knownActivities))}
        />
        <Choice
          name="status"
          label="Answer"
          any="Any answer"
          options={statuses}
          onChoose={(status) => filterBy({ status })}
        />
        <Choice
          name="outcome"
          label="Forwarding"
          any="Any outcome"
          options={outcomes}
          onChoose={(outcome) => filterBy({ outcome })}
        />
        <TimeChoice />
        {asked.msgid && <Chip name="msgid" label="message" value={asked.msgid} />}
        {asked.who && <Chip name="who" label="contact" value={asked.who} />}
        {hasFilters(asked) && (
          <button type="button" class="button quiet" onClick={clearFilters}>
            Clear all
          </button>
        )}
      </div>
    </search>
  );
}

const typingPause = 220;

function SearchField() {
  const asked = filters.value.text ?? '';
  const [typed, setTyped] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(asked), [asked]);
  const search = (text: string, pause: number) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => filterBy({ text: text.trim() }, { typing: true }), pause);
  };
  return (
    <div class="search-field">
      <Icon name="search" />
      <input
        id="search"
        class="field"
        type="search"
        placeholder="Search payloads"
        aria-label="Search payloads"
        aria-keyshortcuts="/"
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={(event) => search(event.currentTarget.value, typingPause)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search(typed, 0);
          if (event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          if (typed) search('', 0);
          else document.getElementById('calls')?.focus();
        }}
      />
      {typed === '' ? (
        <kbd title="Press / to search">/</kbd>
      ) : (
        <button
          type="button"
          class="button quiet small square"
          aria-label="Clear the search"
          onClick={() => search('', 0)}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

function Choice({
  name,
  label,
  any,
  options,
  onChoose,
}: {
  readonly name: FilterName;
  readonly label: string;
  readonly any: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}) {
  const value = filters.value[name] ?? '';
  const listed = value === '' || options.includes(value) ? options : [value, ...options];
  return (
    <span class={value ? 'choice set' : 'choice'}>
      <select
        aria-label={label}
        value={value}
        {...leaveAfterPointing}
        onChange={(event) => {
          onChoose(event.currentTarget.value);
          leave(event.currentTarget);
        }}
      >
        <option value="">{any}</option>
        {listed.map((option) => (
          <option key={option} value={option}>
            {option.slice(0, 60)}
          </option>
        ))}
      </select>
      {value && <ClearFilter label={label} onClear={() => filterBy({ [name]: '' })} />}
    </span>
  );
}

let pointed = false;

/**
 * A choice keeps focus when made by keyboard, and releases it after a pointer, so that the page's
 * keys work again.
 */
const leaveAfterPointing = {
  onPointerDown: () => {
    pointed = true;
  },
  onKeyDown: () => {
    pointed = false;
  },
};

function leave(field: HTMLElement): void {
  if (pointed) field.blur();
}

function TimeChoice() {
  const { since = '', until = '' } = filters.value;
  const plain = until === '' && (since === '' || spans.some((span) => span.since === since));
  const value = plain ? since : 'chosen';
  return (
    <span class={since || until ? 'choice set' : 'choice'}>
      <select
        aria-label="Time"
        value={value}
        {...leaveAfterPointing}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          leave(event.currentTarget);
          if (chosen === 'choose') {
            event.currentTarget.value = value;
            dialog.value = 'time';
          } else filterBy({ since: chosen, until: '' });
        }}
      >
        <option value="">Any time</option>
        {spans.map((span) => (
          <option key={span.since} value={span.since}>
            {span.words}
          </option>
        ))}
        {!plain && <option value="chosen">{spanText(since, until)}</option>}
        <option value="choose">Choose a time…</option>
      </select>
      {(since || until) && (
        <ClearFilter label="Time" onClear={() => filterBy({ since: '', until: '' })} />
      )}
    </span>
  );
}

function spanText(since: string, until: string): string {
  const at = (moment: string) => momentText(moment, now.peek());
  if (since && until) return `${at(since)} – ${at(until)}`;
  return since ? `since ${at(since)}` : `before ${at(until)}`;
}

function Chip({
  name,
  label,
  value,
}: {
  readonly name: FilterName;
  readonly label: string;
  readonly value: string;
}) {
  return (
    <span class="choice set chip">
      <span class="chip-words" title={value.slice(0, 400)}>
        <span class="soft">{label}</span> <Untrusted text={value} max={60} />
      </span>
      <ClearFilter label={label} onClear={() => filterBy({ [name]: '' })} />
    </span>
  );
}

function ClearFilter({ label, onClear }: { readonly label: string; readonly onClear: () => void }) {
  return (
    <button
      type="button"
      class="clear"
      aria-label={`Clear the filter: ${label}`}
      title="Clear"
      onClick={onClear}
    >
      <Icon name="close" />
    </button>
  );
}
