#!/usr/bin/env node
// Old syntax on purpose: an old Node must print the message instead of a SyntaxError.
'use strict';

var version = process.versions.node.split('.').map(Number);
var words = process.argv.slice(2);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write(
    'error  netcore-hook needs Node 20.19 or newer, and this is ' +
      process.versions.node +
      '.\n' +
      '       Install a current Node from https://nodejs.org\n' +
      '       (node_too_old)\n',
  );
  process.exitCode = 3;
} else if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  // Scripts call this often, so it loads nothing.
  process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 3;
    process.stderr.write(
      'error  Cannot write the output: ' +
        error.message +
        '.\n' +
        '       Free disk space, or redirect the output elsewhere.\n' +
        '       (output_failed)\n',
    );
  });
  process.stdout.write(`${require('../package.json').version}\n`);
} else {
  keepCompiled();
  require('../dist/main.cjs').runProcess();
}

// Node 22 and later can cache compiled code. The folder belongs to the user, so that others cannot
// put code there.
function keepCompiled() {
  var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && `${process.env.HOME}/.cache`);
  var enable = require('node:module').enableCompileCache;
  if (cache && enable) enable(`${cache}/netcore-hook`);
}
