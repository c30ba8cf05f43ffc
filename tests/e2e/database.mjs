// The database behind a server's back.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';

/** Another program writes to the database, and takes its time. Gives a function that makes it finish; it ends with the test `t` at the latest. */
export async function lock(t, database) {
  const other = spawn('sqlite3', [database], {stdio: ['pipe', 'pipe', 'inherit']});
  t.after(() => other.kill());
  process.once('exit', () => other.kill()); // if an earlier hook fails; nor does the test program wait for it
  for (const handle of [other, other.stdin, other.stdout])
    handle.unref();
  other.stdin.write("BEGIN EXCLUSIVE;\nSELECT 'locked';\n");
  const [line] = await once(createInterface({input: other.stdout}), 'line');
  assert.equal(line, 'locked');
  return async () => {
    other.ref();
    other.stdin.end('ROLLBACK;\n');
    await once(other, 'exit');
  };
}
