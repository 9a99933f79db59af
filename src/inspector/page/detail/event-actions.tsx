import { Icon } from '../icon.js';
import { CopyForms } from './copy-forms.js';

export function EventActions({
  id,
  event,
  onReplay,
}: {
  readonly id: string;
  /** Its position, from 1. */
  readonly event: number;
  readonly onReplay: () => void;
}) {
  return (
    <>
      <CopyForms id={id} event={event} />
      <button type="button" class="button small" aria-label="Replay this event" onClick={onReplay}>
        <Icon name="replay" />
        Replay
      </button>
    </>
  );
}
