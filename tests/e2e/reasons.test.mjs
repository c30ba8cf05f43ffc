// Why a socket is gone, in the words of the reference, on both sides; with every client.

import assert from 'node:assert/strict';
import {json, matrix, old, packed, Place} from './clients.mjs';
import {pollerOf} from './bare.mjs';
import {test} from './server.mjs';

/** Starts it with someone in rooms and someone who watches. */
async function pairOf(place, ...settings) {
  await place.start(...settings);
  const watcher = await place.watcher();
  const client = await place.client();
  await client.ask('join', ['b', 'a']);
  return {watcher, client, id: client.id};
}

/** Both sides give these reasons. */
async function assertGone({watcher, client, id}, atClient, atServer) {
  assert.deepEqual((await client.disconnects()).slice(0, 1), [atClient]);
  assert.deepEqual(await watcher.hears('gone'), [id, atServer, ['a', 'b']]);
}

matrix('the client leaves', async (t, place) => {
  const both = await pairOf(place);
  both.client.socket.disconnect();
  await assertGone(both, 'io client disconnect', 'client namespace disconnect');
});

matrix('the client leaves one of its namespaces', async (t, place) => {
  const both = await pairOf(place);
  const foo = await both.client.beside('/foo');
  both.client.socket.disconnect();
  await assertGone(both, 'io client disconnect', 'client namespace disconnect');
  assert.equal(await foo.ask('getId'), foo.id);
});

matrix('the server disconnects it', async (t, place) => {
  const both = await pairOf(place);
  const foo = await both.client.beside('/foo');
  both.client.emit('leave-me', false);
  await assertGone(both, 'io server disconnect', 'server namespace disconnect');
  assert.equal(both.client.socket.active ?? false, false, 'and it does not come back by itself');
  assert.equal(await foo.ask('getId'), foo.id);
});

matrix('the server disconnects it with its connection', async (t, place) => {
  const both = await pairOf(place);
  const foo = await both.client.beside('/foo');
  both.client.emit('leave-me', true);
  await assertGone(both, 'io server disconnect', 'server namespace disconnect');
  assert.deepEqual((await foo.disconnects()).slice(0, 1), ['io server disconnect']);
});

matrix('the server disconnects a room', async (t, place) => {
  const {watcher, client, id} = await pairOf(place);
  const bystander = await place.client();
  watcher.emit('drop', 'a', true);
  await assertGone({watcher, client, id}, 'io server disconnect', 'server namespace disconnect');
  assert.equal(await bystander.ask('getId'), bystander.id);
});

matrix('the server closes the connection', async (t, place) => {
  const both = await pairOf(place);
  both.client.emit('drop-me');
  await assertGone(both, 'transport close', 'forced close');
});

matrix('the client closes the connection', async (t, place) => {
  const both = await pairOf(place);
  await both.client.upgraded();
  both.client.engine.close();
  await assertGone(both, 'forced close', 'transport close');
});

matrix('the server ends', async (t, place) => {
  await place.start();
  const client = await place.client();
  process.kill(place.server.pid, 'SIGTERM');
  const [reason] = await client.disconnects();
  // The server may answer the last poll before it is gone, or leave the client with a request that fails.
  assert.ok(['transport close', 'transport error'].includes(reason), reason);
});

matrix('the client does not answer', async (t, place) => {
  await place.start('--socketio.ping_interval_ms=300', '--socketio.ping_timeout_ms=200');
  const watcher = await place.watcher();
  const client = await place.client();
  const {id} = client;
  await client.upgraded();
  client.engine.transport.send = () => {};
  assert.deepEqual(await watcher.hears('gone'), [id, 'ping timeout', []]);
  assert.deepEqual((await client.disconnects()).slice(0, 1), ['transport close']);
}, {kinds: [json, packed]});

matrix('the client says what Socket.IO does not', async (t, place) => {
  const both = await pairOf(place);
  await both.client.upgraded();
  both.client.engine.write('abc');
  await assertGone(both, 'transport close', 'forced close');
});

matrix('the client says too much', async (t, place) => {
  const both = await pairOf(place, '--socketio.max_payload_bytes=100000');
  const name = await both.client.upgraded();
  both.client.emit('message', 'x'.repeat(200_000));
  const [reason, details] = await both.client.disconnects();
  const [id, atServer] = await both.watcher.hears('gone');
  assert.equal(id, both.id);
  if (name === 'websocket') {
    assert.equal(reason, 'transport close');
    assert.equal(atServer, 'transport error');
  } else {
    assert.equal(reason, 'transport error');
    if (place.kind !== old)
      assert.equal(details.context.status ?? details.description, 413);
    assert.equal(atServer, 'transport close');
  }
}, {kinds: [json, old]});

matrix('a client that was dropped comes back by itself', async (t, place) => {
  await place.start();
  const client = await place.client('/', {reconnection: true, reconnectionDelay: 1, reconnectionDelayMax: 1});
  const first = client.id;
  for (let n = 0; n < 3; ++n) {
    client.emit('drop-me');
    await client.disconnects();
    await client.connects();
    assert.notEqual(client.id, first);
    assert.equal(await client.ask('getId'), client.id);
  }
});

test('polls that overlap end the session', async t => {
  const place = await new Place(t).start();
  const watcher = await place.watcher();
  const poller = await pollerOf(place.server);
  await poller.post('40');
  await poller.pollUntil(packet => packet.startsWith('42["auth"'));
  const [first, second] = await Promise.all([poller.poll(), poller.poll()]);
  assert.deepEqual([first.status, second.status].sort(), [200, 400]);
  assert.equal((await watcher.hears('gone'))[1], 'transport error');
  await poller.assertGone();
});
