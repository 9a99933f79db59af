import { useEffect, useId, useRef } from 'preact/hooks';
import { ChannelMark } from '../channel-mark.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { useVirtualizer } from '../use-virtualizer.js';
import { counted, countText } from '../words.js';
import type { EventsState } from './events-state.js';

const rowHeight = 28;
/** More rows scroll. */
const maxRows = 7;

/** The events of a batch with a search; one of them is opened. */
export function EventList({ state }: { readonly state: EventsState }) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = state.found.value;
  const opened = state.opened.value;
  const active = found.indexOf(opened);
  const { items, height, reveal } = useVirtualizer({
    count: found.length,
    rowHeight,
    scroller: () => scroller.current,
    headHeight: 0,
    keep: active,
  });
  useEffect(() => {
    if (active >= 0) reveal(active);
  }, [active, found]);
  const rows = Math.min(maxRows, state.texts.length);
  return (
    <div class="event-list">
      <div class="strip">
        <div class="finder">
          <Icon name="search" />
          <input
            type="search"
            class="field"
            placeholder={`Search ${countText(state.texts.length)} events`}
            aria-label="Search the events of this call"
            spellcheck={false}
            autocomplete="off"
            value={state.words.value}
            onInput={(event) => state.search(event.currentTarget.value)}
            onKeyDown={(event) => onSearchKey(event, state)}
          />
          <output class="faint">{state.words.value && counted(found.length, 'event')}</output>
        </div>
      </div>
      <div
        ref={scroller}
        class="event-rows"
        role="listbox"
        aria-label="Events of this call"
        tabIndex={0}
        {...(active >= 0 && { 'aria-activedescendant': `${id}-${opened}` })}
        style={{ height: `${rows * rowHeight}px` }}
        onKeyDown={(event) => onListKey(event, state)}
      >
        <div class="tree-rows" role="presentation" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const eventIndex = found[index] ?? 0;
            const { channel = '', activity, who, name } = state.summaries[eventIndex] ?? {};
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: The list has focus and handles keys.
              // biome-ignore lint/a11y/useFocusableInteractive: The list names the active event.
              <div
                key={eventIndex}
                id={`${id}-${eventIndex}`}
                role="option"
                class="event-row"
                aria-selected={eventIndex === opened}
                aria-posinset={index + 1}
                aria-setsize={found.length}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => state.open(eventIndex)}
              >
                <span class="faint number">{countText(eventIndex + 1)}</span>
                <ChannelMark channel={channel} />
                <span>{activity != null && <Untrusted text={activity} max={60} />}</span>
                <span class="soft">{who != null && <Untrusted text={who} max={80} />}</span>
                <span class="faint name">{name != null && <Untrusted text={name} max={80} />}</span>
              </div>
            );
          })}
        </div>
        {found.length === 0 && <p class="nothing">No event of this call matches.</p>}
      </div>
    </div>
  );
}

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: maxRows,
  PageUp: -maxRows,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function onListKey(event: KeyboardEvent, state: EventsState): void {
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  state.go(step);
}

/** The arrow keys also move through the list from the search field. */
function onSearchKey(event: KeyboardEvent, state: EventsState): void {
  if (event.key === 'Escape' && state.words.value !== '') {
    event.stopPropagation();
    event.preventDefault();
    state.search('');
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') onListKey(event, state);
  else if (event.key === 'Enter') state.go(event.shiftKey ? -1 : 1);
}
