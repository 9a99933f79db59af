import { useComputed } from '@preact/signals';
import { useMemo, useRef, useState } from 'preact/hooks';
import { ChannelMark, channelColour } from './channel-mark.js';
import {
  type MinuteBar,
  minuteBars,
  minutesUntil,
  spanOf,
  summarizeMinutes,
} from './minute-bars.js';
import { now } from './now.js';
import { feed, filterBy, filters } from './page-state.js';
import { minuteText } from './times.js';
import { counted, countText } from './words.js';

/** In units of the SVG. */
const barWidth = 10;
const maxHeight = 100;

/** The events of the last hour by minute and channel; dragging selects a time span. */
export function TimeLine() {
  const minute = useComputed(() => Math.floor(now.value / 60_000));
  const recorded = feed.stats.value?.minutes;
  const minutes = useMemo(
    () => minutesUntil(recorded ?? [], minute.value * 60_000),
    [recorded, minute.value],
  );
  const { bars, max, channels } = useMemo(() => minuteBars(minutes), [minutes]);
  const picture = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const barAt = (event: PointerEvent) => {
    const box = picture.current?.getBoundingClientRect();
    if (!box || bars.length === 0) return null;
    const index = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.min(Math.max(index, 0), bars.length - 1);
  };
  const choose = (from: number, to: number) => {
    const span = spanOf(minutes, from, to);
    if (span) filterBy(span);
  };
  const bar = pointed === null ? undefined : bars[pointed];
  const shown =
    dragged !== null && pointed !== null ? ([dragged, pointed] as const) : chosenBars(bars);

  return (
    <section class="time-line" aria-label="The last hour">
      <div class="time-line-head">
        <span class="label">Events per minute</span>
        <span class="faint">{max > 0 ? `at most ${countText(max)}` : 'none in the last hour'}</span>
        <span class="spacer" />
        <span class="legend" aria-hidden="true">
          {channels.slice(0, 8).map((channel) => (
            <ChannelMark key={channel} channel={channel} />
          ))}
        </span>
      </div>
      <div
        ref={picture}
        class="time-line-picture"
        onPointerMove={(event) => setPointed(barAt(event))}
        onPointerLeave={() => {
          if (dragged === null) setPointed(null);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(barAt(event));
        }}
        onPointerUp={(event) => {
          const to = barAt(event);
          if (dragged !== null && to !== null) choose(dragged, to);
          setDragged(null);
          if (event.pointerType !== 'mouse') setPointed(null);
        }}
        onPointerCancel={() => setDragged(null)}
      >
        <svg
          role="img"
          aria-label={summarizeMinutes(minutes)}
          viewBox={`0 0 ${Math.max(bars.length, 1) * barWidth} ${maxHeight}`}
          preserveAspectRatio="none"
        >
          {bars.map(({ time, parts }, index) => (
            <g key={time} class={inside(index, shown) ? 'bar' : 'bar outside'}>
              <rect
                class={index === pointed ? 'bar-back pointed' : 'bar-back'}
                x={index * barWidth}
                y={0}
                width={barWidth}
                height={maxHeight}
              />
              {parts.map(({ channel, bottom, height }) => (
                <rect
                  key={channel}
                  style={{ fill: channel === null ? 'var(--ink-faint)' : channelColour(channel) }}
                  x={index * barWidth + 1}
                  y={maxHeight - Math.max((bottom + height) * maxHeight, 3)}
                  width={barWidth - 2}
                  height={Math.max(height * maxHeight, 3)}
                />
              ))}
            </g>
          ))}
        </svg>
        {bar && pointed !== null && <BarText bar={bar} share={(pointed + 0.5) / bars.length} />}
      </div>
      <div class="time-line-axis" aria-hidden="true">
        {[0, 15, 30, 45].map((index) => (
          <span key={index} style={{ left: `${(index / Math.max(bars.length, 1)) * 100}%` }}>
            {clockOf(bars[index])}
          </span>
        ))}
        <span class="last">now</span>
      </div>
    </section>
  );
}

/** Describes the bar under the pointer. */
function BarText({ bar, share }: { readonly bar: MinuteBar; readonly share: number }) {
  const side = share > 0.75 ? 'right' : share < 0.25 ? 'left' : '';
  return (
    <div class={`bar-words ${side}`} style={{ left: `${share * 100}%` }} aria-hidden="true">
      <strong>
        {clockOf(bar)} · {counted(bar.calls, 'call')}
      </strong>
      {bar.parts.toReversed().map(({ channel, count }) =>
        channel === null ? (
          <span key="">no events</span>
        ) : (
          <span key={channel}>
            <ChannelMark channel={channel} />
            <span>{countText(count)}</span>
          </span>
        ),
      )}
    </div>
  );
}

function clockOf(bar: MinuteBar | undefined): string {
  return bar ? minuteText(new Date(bar.time)) : '';
}

/** The bars within the time filter; null when it does not limit them. */
function chosenBars(bars: readonly MinuteBar[]): readonly [number, number] | null {
  const { since = '', until = '' } = filters.value;
  const from = Date.parse(since);
  const to = Date.parse(until);
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  const covered = bars.flatMap(({ time }, index) =>
    Date.parse(time) + 60_000 > from && Date.parse(time) < to ? [index] : [],
  );
  return [covered[0] ?? -1, covered.at(-1) ?? -1];
}

function inside(index: number, span: readonly [number, number] | null): boolean {
  return span === null || (index >= Math.min(...span) && index <= Math.max(...span));
}
