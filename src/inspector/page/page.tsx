import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { actOnKey } from './act-on-key.js';
import { CallListView } from './call-list-view.js';
import { CallDetail } from './detail/call-detail.js';
import { DecodeDialog } from './detail/decode-dialog.js';
import { RefusedCopy } from './detail/refused-copy.js';
import { SendDialog } from './detail/send-dialog.js';
import { FilterBar } from './filter-bar.js';
import { HelpDialog } from './help-dialog.js';
import { listControls } from './list-controls.js';
import { closeCall, dialog, openedCall } from './page-state.js';
import { Split } from './split.js';
import { StatusBar } from './status-bar.js';
import { TimeDialog } from './time-dialog.js';
import { TimeLine } from './time-line.js';
import { Toast } from './toast.js';
import { TopBar } from './top-bar.js';

const narrowScreen = matchMedia('(max-width: 900px)');
/**
 * Whether the window is too narrow for a detail beside the list; the style sheet has the same
 * value.
 */
const narrow = signal(narrowScreen.matches);
narrowScreen.addEventListener('change', () => {
  narrow.value = narrowScreen.matches;
});

export function Page() {
  useEffect(() => {
    addEventListener('keydown', actOnKey);
    return () => removeEventListener('keydown', actOnKey);
  }, []);
  const id = openedCall.value;
  const covered = id !== null && narrow.value;
  const close = () => {
    closeCall();
    listControls.current?.focus();
  };
  return (
    <>
      <div class="above" inert={covered}>
        <TopBar />
        <TimeLine />
        <FilterBar />
      </div>
      <Split
        covered={covered}
        list={<CallListView />}
        detail={id !== null && <CallDetail id={id} onClose={close} />}
      />
      <StatusBar />
      <Dialogs />
      <RefusedCopy />
      <Toast />
    </>
  );
}

function Dialogs() {
  const close = () => {
    dialog.value = null;
  };
  switch (dialog.value) {
    case 'help':
      return <HelpDialog onClose={close} />;
    case 'time':
      return <TimeDialog onClose={close} />;
    case 'send':
      return <SendDialog onClose={close} />;
    case 'decode':
      return <DecodeDialog onClose={close} />;
    default:
      return null;
  }
}
