import { render } from 'preact';
import { Page } from './page.js';
import { startPage } from './page-state.js';
import { applyTheme } from './preferences.js';

/** Milliseconds to wait for calls before drawing without them. */
const maxWaitMs = 80;

applyTheme(document.documentElement);
// Requests calls before drawing, since they mostly arrive in time for the first frame.
await Promise.race([startPage(), new Promise((resolve) => setTimeout(resolve, maxWaitMs))]);
const root = document.getElementById('page');
if (root) render(<Page />, root);
