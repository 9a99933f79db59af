import { render } from 'preact';
import { Page } from './page.js';
import { startPage } from './page-state.js';
import { applyTheme } from './preferences.js';

/** How long the page waits for calls before it is drawn without them, in milliseconds. */
const patience = 80;

applyTheme(document.documentElement);
// The calls are asked for before anything is drawn, and mostly are there to be drawn at once.
await Promise.race([startPage(), new Promise((resolve) => setTimeout(resolve, patience))]);
const root = document.getElementById('page');
if (root) render(<Page />, root);
