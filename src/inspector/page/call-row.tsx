import type { ComponentChildren } from 'preact';
import type { ListedCall } from '../api.js';
import { ChannelMark } from './channel-mark.js';
import { now } from './now.js';
import { OutcomeMark, statusTone } from './outcome-mark.js';
import { filterBy } from './page-state.js';
import { relativeTimes } from './preferences.js';
import type { Row } from './rows.js';
import { agoText, clockText, eventTimeText } from './times.js';
import { Untrusted } from './untrusted.js';
import { counted, countText, sizeText } from './words.js';

type RowOf<Kind extends Row['kind']> = Extract<Row, { readonly kind: Kind }>;

/** The cells of a row. Columns count from 1, as in the list's header. */
export function RowCells({ row }: { readonly row: Row }) {
  if (row.kind === 'call') return <CallCells call={row.call} />;
  if (row.kind === 'event') return <EventCells row={row} />;
  return (
    <Cell column={2} span={8} name="more">
      +{countText(row.count)} more
    </Cell>
  );
}

function CallCells({ call }: { readonly call: ListedCall }) {
  return (
    <>
      <Cell column={1} name="time">
        <CallTime time={call.time} />
      </Cell>
      <Cell column={2} span={2} name="request" title={`${call.method} ${call.target}`}>
        <span class="method">
          <Untrusted text={call.method} />
        </span>{' '}
        <Untrusted text={call.target} max={200} />
      </Cell>
      {call.problem === null ? (
        <>
          <Cell column={4} name="panel">
            <Untrusted text={call.panels.join(', ')} max={120} />
          </Cell>
          <Cell column={5} span={2} name="count">
            {counted(call.eventCount, 'event')}
          </Cell>
        </>
      ) : (
        <Cell column={4} span={3} name="problem" title={call.problem}>
          <Untrusted text={call.problem} max={200} />
        </Cell>
      )}
      <Cell column={7} name="size">
        {sizeText(call.bytes)}
      </Cell>
      <Cell column={8} name={`status ${statusTone(call.status)}`}>
        {call.status}
      </Cell>
      <Cell column={9} name="forwarding">
        {call.outcome && <OutcomeMark outcome={call.outcome} />}
      </Cell>
    </>
  );
}

function EventCells({ row: { event, call } }: { readonly row: RowOf<'event'> }) {
  return (
    <>
      <Cell column={1} name="time" title={event.time === null ? '' : `${event.time}, panel time`}>
        {event.time !== null && <Untrusted text={eventTimeText(event.time, call.time)} max={30} />}
      </Cell>
      <Cell column={2} name="channel-cell" title={event.channel}>
        <ChannelMark channel={event.channel} />
      </Cell>
      <Cell column={3} name="activity" title={event.event ?? ''}>
        {event.activity !== null && <Untrusted text={event.activity} max={120} />}
      </Cell>
      <Cell column={4} name="who">
        {event.who !== null && <FilterValue filter="who" value={event.who} />}
      </Cell>
      <Cell column={5} name="campaign" title={event.name ?? ''}>
        {event.name !== null && <Untrusted text={event.name} max={160} />}
      </Cell>
      <Cell column={6} span={4} name="msgid">
        {event.msgid !== null && <FilterValue filter="msgid" value={event.msgid} />}
      </Cell>
    </>
  );
}

/** A value that filters by itself when clicked. */
function FilterValue({
  filter,
  value,
}: {
  readonly filter: 'who' | 'msgid';
  readonly value: string;
}) {
  const words = filter === 'who' ? 'this contact' : 'this message';
  return (
    <button
      type="button"
      class="value"
      tabIndex={-1}
      title={`${value.slice(0, 300)}\nClick: only ${words}`}
      onClick={(event) => {
        event.stopPropagation();
        filterBy({ [filter]: value });
      }}
    >
      <Untrusted text={value} max={160} />
    </button>
  );
}

function CallTime({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} title={time}>
      {relativeTimes.value ? agoText(time, now.value) : clockText(time, Date.now())}
    </time>
  );
}

function Cell({
  column,
  span,
  name,
  title,
  children,
}: {
  readonly column: number;
  readonly span?: number;
  readonly name: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div
      role="gridcell"
      class={`cell ${name}`}
      aria-colindex={column}
      {...(span !== undefined && { 'aria-colspan': span })}
      {...(title && { title: title.slice(0, 400) })}
    >
      {children}
    </div>
  );
}
