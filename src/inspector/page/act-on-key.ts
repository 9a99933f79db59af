import { ApiFailure, printCapture } from './api-client.js';
import { copyText } from './copy-text.js';
import { actionOf, type KeyAction } from './keys.js';
import { listControls } from './list-controls.js';
import {
  activeRow,
  atTop,
  clearFilters,
  closeCall,
  dialog,
  feed,
  filterBy,
  openCall,
  openedCall,
  paused,
  toggleFollowing,
} from './page-state.js';
import { pendingDetailAction } from './pending-detail-action.js';
import { relativeTimes } from './preferences.js';
import type { Row } from './rows.js';
import { say } from './toast.js';
import { nextTheme } from './top-bar.js';

/** Performs the action of a key pressed anywhere on the page. */
export function actOnKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || dialog.value !== null) return;
  const at = event.target instanceof Element ? event.target : document.body;
  if (document.querySelector('dialog[open]')) return;
  const action = actionOf({
    key: event.key,
    ctrlKey: event.ctrlKey,
    metaKey: event.metaKey,
    altKey: event.altKey,
    typing: at.matches('input, textarea, select, [contenteditable]'),
    inList: at === document.body || at.id === 'calls',
  });
  if (!action) return;
  event.preventDefault();
  actions[action]();
}

const actions: Readonly<Record<KeyAction, () => void>> = {
  next: () => move((index) => index + 1),
  previous: () => move((index) => index - 1),
  'next-call': () => move((index, { nextCall }) => (index < 0 ? 0 : nextCall(index, 1))),
  'previous-call': () => move((index, { nextCall }) => (index < 0 ? 0 : nextCall(index, -1))),
  'page-down': () => move((index) => index + (listControls.current?.pageRows() ?? 1)),
  'page-up': () => move((index) => index - (listControls.current?.pageRows() ?? 1)),
  top: () => {
    feed.release();
    move(() => 0);
    atTop.value = true;
  },
  bottom: () => move((_, { count }) => count - 1),
  open: () => {
    const row = chosenRow();
    if (row) openRow(row);
  },
  close: () => {
    if (openedCall.value === null) activeRow.value = null;
    closeCall();
    listControls.current?.focus();
  },
  search: () => {
    const field = document.getElementById('search');
    if (field instanceof HTMLInputElement) field.select();
  },
  follow: () => {
    toggleFollowing();
    say(paused.value ? 'Paused' : 'Following');
  },
  'filter-who': () => filterByEvent('who'),
  'filter-msgid': () => filterByEvent('msgid'),
  'clear-filters': clearFilters,
  replay: () => {
    const id = chosenCall();
    if (id === undefined) return;
    pendingDetailAction.value = { id, what: 'replay' };
    openCall(id);
  },
  copy: () => {
    const id = chosenCall();
    if (id !== undefined) void copyCall(id);
  },
  send: () => {
    dialog.value = 'send';
  },
  decode: () => {
    dialog.value = 'decode';
  },
  times: () => {
    relativeTimes.value = !relativeTimes.value;
  },
  theme: nextTheme,
  help: () => {
    dialog.value = 'help';
  },
};

let opening: ReturnType<typeof setTimeout> | undefined;

/** Activates another row; an opened call is replaced by that row's once the keys rest. */
function move(
  to: (index: number, rows: NonNullable<typeof listControls.current>['rows']) => number,
) {
  const controls = listControls.current;
  if (!controls || controls.rows.count === 0) return;
  const { rows } = controls;
  const from = activeRow.value === null ? -1 : rows.indexOf(activeRow.value);
  const index = Math.min(Math.max(to(from, rows), 0), rows.count - 1);
  const row = rows.at(index);
  if (!row) return;
  activeRow.value = row.key;
  controls.reveal(index);
  controls.focus();
  clearTimeout(opening);
  if (openedCall.value !== null) opening = setTimeout(() => reopen(row), 90);
}

function reopen(row: Row): void {
  if (openedCall.value !== null) openRow(row);
}

function openRow(row: Row): void {
  openCall(row.call.id, row.kind === 'event' ? row.event.number : null);
}

function chosenRow(): Row | undefined {
  const { rows } = listControls.current ?? {};
  return rows && activeRow.value !== null ? rows.at(rows.indexOf(activeRow.value)) : undefined;
}

function chosenCall(): string | undefined {
  return openedCall.value ?? chosenRow()?.call.id;
}

function filterByEvent(name: 'who' | 'msgid'): void {
  const row = chosenRow();
  const event = row?.kind === 'event' ? row.event : row?.call.events[0];
  const value = event?.[name];
  if (value) filterBy({ [name]: value });
  else say(name === 'who' ? 'This row names no contact' : 'This row has no message id');
}

async function copyCall(id: string): Promise<void> {
  try {
    const { text } = await printCapture(id, 'curl', null);
    await copyText(text, 'Copied as curl');
  } catch (error) {
    say(error instanceof ApiFailure ? error.message : 'The inspector does not answer.');
  }
}
