import { openDatabase, probeExits } from './database.js';

/** The program that `locksWork` starts: tries to lock the file that it is given. */
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
