#!/usr/bin/env node
// Old syntax on purpose: an old Node must reach the message, not a SyntaxError.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write(
    'error  netcore-hook needs Node 20.19 or newer, and this is ' +
      process.versions.node +
      '.\n' +
      '       Install a current Node from https://nodejs.org\n' +
      '       (node_too_old)\n',
  );
  process.exitCode = 3;
} else {
  import('../dist/main.js').then((tool) => tool.runProcess());
}
