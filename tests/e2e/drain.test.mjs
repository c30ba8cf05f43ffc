// SIGTERM: what is in flight is finished, clients are told, and it is over within 5 seconds (server.stop() asserts that).

import assert from 'node:assert/strict';
import {lock} from './database.mjs';
import {Load} from './load.mjs';
import {until} from './metrics.mjs';
import {newServer, startServer, test} from './server.mjs';

test('SIGTERM under load loses nothing that was acknowledged', async t => {
  const server = await startServer(t);
  const load = await Load.start(server, 10);
  await load.run(500);
  for (const person of load.people)
    person.socket.io.reconnection(false);
  await server.stop();
  for (const person of load.people)
    assert.ok(['transport close', 'io server disconnect'].includes(await person.hears('(disconnected)')), 'told, not cut off');

  await server.start();
  await load.resume();
  await load.verify();
});

test('SIGTERM while nobody is there', async t => {
  const server = await startServer(t);
  await server.stop();
});

test('SIGTERM with idle clients, and one that does not read', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  bob.socket.io.engine.transport.ws._socket.pause();
  for (let n = 0; n < 15; ++n) // more than the kernel's buffers hold, less than network.outbox_bytes_max
    await ada.say(channel, 'x'.repeat(60_000));
  await server.stop();
});

test('a second start on the same directory finds everything', async t => {
  const server = newServer(t);
  await server.start();
  const {channel, people: [ada]} = await server.talkers('ada');
  for (let round = 0; round < 3; ++round) {
    await ada.say(channel, `round ${round}`);
    await server.restart();
    await ada.until('another greeting', () => ada.all('authenticated').length === round + 2);
  }
  assert.deepEqual((await ada.history(channel)).map(({content}) => content), ['round 0', 'round 1', 'round 2']);
});

for (const patience of [2000, 60_000]) test(`SIGTERM while the database is locked and requests wait for it, up to ${patience} ms`, async t => {
  const server = await startServer(t, `--store.busy_timeout_ms=${patience}`);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await ada.say(channel, 'before');
  const unlock = await lock(t, server.database);
  for (const person of [ada, bob])
    person.socket.io.reconnection(false);
  const reads = Array.from({length: 10}, () => ada.api('PUT', `/api/channels/${channel}/read`, {seq: 1}).catch(() => ({status: 0})));
  const posted = bob.socket.timeout(10_000).emitWithAck('send_message', {content: 'never stored', channelId: channel}).catch(() => ({ok: false}));
  await until(server, 'all of them wait', found => found.stentor_http_sessions >= 10);
  await server.stop();
  for (const {status} of await Promise.all(reads))
    assert.ok(status === 0 || status === 503, `what is not stored is not acknowledged, but was ${status}`);
  assert.equal((await posted).ok, false);

  await unlock();
  await server.start();
  await ada.connect();
  assert.deepEqual((await ada.history(channel)).map(({content}) => content), ['before']);
});
