import type { ComponentChildren } from 'preact';
import { ChannelMark } from '../channel-mark.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { countText } from '../words.js';
import { CompareButton } from './compared-event.js';
import { EventList } from './event-list.js';
import type { EventsState } from './events-state.js';
import { FieldTables } from './field-tables.js';

/** The events of a payload: a list when there are several, and the opened one. */
export function EventsView({
  state,
  actions,
}: {
  readonly state: EventsState;
  /** The actions for the opened event, by its index from 0. */
  readonly actions?: (eventIndex: number) => ComponentChildren;
}) {
  const eventIndex = state.opened.value;
  const event = state.texts[eventIndex];
  const key = state.summaries[eventIndex]?.key;
  if (!event) return <p class="nothing">This payload contains no event.</p>;
  const several = state.texts.length > 1;
  return (
    <div class="events">
      {several && <EventList state={state} />}
      <section
        class="opened-event scroll"
        aria-label={`Event ${eventIndex + 1}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: Scrollable areas must be reachable by keyboard.
        tabIndex={0}
        key={eventIndex}
      >
        <header class="event-head">
          <EventTitle state={state} eventIndex={eventIndex} />
          {several && <Steps state={state} eventIndex={eventIndex} />}
          <div class="tools">
            {actions?.(eventIndex)}
            <CompareButton text={event.text} title={titleOf(state, eventIndex)} />
          </div>
        </header>
        <FieldTables event={event.text} />
        {key !== undefined && (
          <p class="event-key faint">
            Event key <code class="mono">{key}</code>
          </p>
        )}
      </section>
    </div>
  );
}

function titleOf(state: EventsState, eventIndex: number): string {
  const { channel, activity, who } = state.summaries[eventIndex] ?? {};
  const words = [channel, activity, who].filter(Boolean);
  return words.length > 0 ? words.join(' ') : `event ${eventIndex + 1}`;
}

function EventTitle({
  state,
  eventIndex,
}: {
  readonly state: EventsState;
  readonly eventIndex: number;
}) {
  const { channel = '', activity, who } = state.summaries[eventIndex] ?? {};
  return (
    <h3 class="event-title">
      <ChannelMark channel={channel} />
      {activity != null && <Untrusted text={activity} max={80} />}
      {who != null && (
        <span class="soft who">
          <Untrusted text={who} max={80} />
        </span>
      )}
    </h3>
  );
}

/** Moves to the previous and next event, and shows the position. */
function Steps({
  state,
  eventIndex,
}: {
  readonly state: EventsState;
  readonly eventIndex: number;
}) {
  const at = state.found.value.indexOf(eventIndex);
  return (
    <div class="steps">
      <span class="faint">
        {countText(eventIndex + 1)} of {countText(state.texts.length)}
      </span>
      <button
        type="button"
        class="button small quiet square"
        aria-label="Previous event"
        title="Previous event: ["
        disabled={at <= 0}
        onClick={() => state.go(-1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="button small quiet square"
        aria-label="Next event"
        title="Next event: ]"
        disabled={at === state.found.value.length - 1}
        onClick={() => state.go(1)}
      >
        <Icon name="down" />
      </button>
    </div>
  );
}
