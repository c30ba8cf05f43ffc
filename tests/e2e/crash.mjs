// kill -9 under load, again and again. CRASHES sets how often (20).

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {randomInt} from 'node:crypto';
import {Load} from './load.mjs';
import {startServer, test} from './server.mjs';

const crashes = Number(process.env.CRASHES ?? 20);
const ready_ms_max = 1000;

test(`after each of ${crashes} crashes every acknowledged message is there, once`, {timeout: 60_000 + crashes * 30_000}, async t => {
  const server = await startServer(t);
  const load = await Load.start(server, 6);
  let slowest = 0, {seq} = await load.people[0].listen(load.channel);
  for (let crash = 1; crash <= crashes; ++crash) {
    await load.run(randomInt(1, 400));
    await server.kill9();
    const ms = await server.start();
    assert.ok(ms <= ready_ms_max, `ready again after ${Math.round(ms)} ms`);
    slowest = Math.max(slowest, ms);

    assert.equal(execFileSync('sqlite3', ['-readonly', server.database, 'PRAGMA integrity_check'], {encoding: 'utf8'}), 'ok\n');
    await load.resume();
    await load.verify();
    for (let back = {hasMore: true}; back.hasMore; seq = back.missed.at(-1).seq) {
      back = await load.people[0].listen(load.channel, seq);
      assert.deepEqual(back.missed.map(one => one.seq), back.missed.map((_, i) => seq + 1 + i), 'no seq is missing');
      assert.ok(back.hasMore || back.missed.at(-1).seq === back.seq);
    }
  }
  t.diagnostic(`${load.acknowledged.length} messages acknowledged, ${crashes} crashes, slowest start ${Math.round(slowest)} ms`);
});
