import { render } from 'preact';
import { Page } from './page.js';
import { startPage } from './page-state.js';
import { applyTheme } from './preferences.js';

// The calls are asked for before anything is drawn.
startPage();
applyTheme(document.documentElement);
const root = document.getElementById('page');
if (root) render(<Page />, root);
