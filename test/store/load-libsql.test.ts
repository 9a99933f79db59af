import { expect, test } from 'vitest';
import { loadLibsql } from '../../src/store/sqlite-bindings.js';

test.each(['libsql', '@libsql/linux-x64-gnu'])('names the missing package %s', (name) => {
  const load = () => {
    throw new Error(`Cannot find module '${name}'\nRequire stack:\n- /app/node_modules/index.js`);
  };
  expect(() => loadLibsql(load as unknown as NodeJS.Require)).toThrow(
    `Cannot load SQLite: the package ${name} is missing.`,
  );
});
