import { useId, useState } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { filterBy, filters } from './page-state.js';
import { localMinute } from './times.js';

/** A time filter in the reader's time zone. */
export function TimeDialog({ onClose }: { readonly onClose: () => void }) {
  const [since, setSince] = useState(() => fieldOf(filters.peek().since));
  const [until, setUntil] = useState(() => fieldOf(filters.peek().until));
  const form = useId();
  const backwards = since !== '' && until !== '' && since >= until;
  return (
    <Dialog
      title="Choose a time"
      onClose={onClose}
      foot={
        <>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form={form} class="button primary" disabled={backwards}>
            Show
          </button>
        </>
      }
    >
      <form
        id={form}
        class="time-form"
        onSubmit={(event) => {
          event.preventDefault();
          filterBy({ since: momentOf(since), until: momentOf(until) });
          onClose();
        }}
      >
        <label>
          <span class="label">From</span>
          <input
            class="field"
            type="datetime-local"
            value={since}
            onInput={(event) => setSince(event.currentTarget.value)}
          />
        </label>
        <label>
          <span class="label">To</span>
          <input
            class="field"
            type="datetime-local"
            value={until}
            onInput={(event) => setUntil(event.currentTarget.value)}
          />
        </label>
      </form>
      <p class={backwards ? 'bad' : 'faint'} role={backwards ? 'alert' : undefined}>
        {backwards
          ? 'The end must be later than the start.'
          : 'In your own time zone. Either may stay empty.'}
      </p>
    </Dialog>
  );
}

function fieldOf(moment: string | undefined): string {
  if (!moment) return '';
  const ago = /^(\d+)([smhd])$/.exec(moment);
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400 }[ago?.[2] ?? ''] ?? 0;
  const time = ago ? new Date(Date.now() - Number(ago[1]) * seconds * 1000) : new Date(moment);
  return Number.isNaN(time.getTime()) ? '' : localMinute(time);
}

function momentOf(field: string): string {
  return field === '' ? '' : new Date(field).toISOString();
}
