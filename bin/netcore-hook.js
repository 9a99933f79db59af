#!/usr/bin/env node
// Old syntax on purpose: an old Node must reach the message, not a SyntaxError.
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
  // Scripts ask this often: nothing needs to be loaded for it.
  process.stdout.on('error', function (error) {
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

// From Node 22 on compiled code can be kept between runs. The folder is the user's own: others must
// not be able to put code there.
function keepCompiled() {
  var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && `${process.env.HOME}/.cache`);
  var enable = require('node:module').enableCompileCache;
  if (cache && enable) enable(`${cache}/netcore-hook`);
}
