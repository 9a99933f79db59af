import { render } from 'preact';

const root = document.getElementById('page');
if (root) render(<h1>netcore-hook</h1>, root);
