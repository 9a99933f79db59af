import { openDatabase, probeExits } from './database.js';

/** The program that `locksWork` starts. Tries to lock the file that is named by its argument. */
const [, , path = ''] = process.argv;
const database = openDatabase(path);
database.execute('pragma busy_timeout = 0');
try {
  database.execute('begin exclusive');
  process.exitCode = probeExits.granted;
} catch {
  process.exitCode = probeExits.refused;
}
database.close();
