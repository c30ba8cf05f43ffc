// Binary and acknowledgements, with the official client.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {io} from 'socket.io-client';
import {startBare} from './bare.mjs';
import {test} from './server.mjs';

async function client(t, server, transports) {
  const socket = io(server.url, {transports, forceNew: true, reconnection: false});
  t.after(() => socket.disconnect());
  await once(socket, 'auth');
  return socket;
}

for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']])
  test(`over ${transports.join(' and ')}`, async t => {
    const server = await startBare(t, '--socketio.ping_timeout_ms=20000', '--socketio.ping_interval_ms=25000');
    const socket = await client(t, server, transports);
    const args = [Buffer.from('one'), {two: Buffer.from([0, 255, 128]), nested: [{three: Buffer.alloc(100_000, 7)}]}, 'four', 5, null, true];

    const back = once(socket, 'message-back');
    socket.emit('message', ...args);
    assert.deepEqual(await back, args);

    const acked = await new Promise(resolve => socket.emit('message-with-ack', ...args, (...answer) => resolve(answer)));
    assert.deepEqual(acked, args);

    socket.once('question', (...rest) => rest.pop()(...rest.reverse()));
    const answer = once(socket, 'answer');
    socket.emit('ask', ...args);
    assert.deepEqual(await answer, [...args].reverse());
  });

test('many binary messages stay in order and whole among others', async t => {
  const server = await startBare(t, '--socketio.ping_timeout_ms=20000', '--socketio.ping_interval_ms=100');
  const socket = await client(t, server, ['websocket']);
  const heard = [];
  socket.on('message-back', (n, data) => heard.push([n, data.length]));
  for (let n = 0; n < 500; ++n)
    socket.emit('message', n, n % 3 ? Buffer.alloc(n) : 'x'.repeat(n));
  while (heard.length < 500)
    await once(socket, 'message-back');
  assert.deepEqual(heard, Array.from({length: 500}, (_, n) => [n, n]));
});

test('an acknowledgement that does not come is given up', async t => {
  const server = await startBare(t, '--socketio.ping_timeout_ms=20000', '--socketio.ping_interval_ms=25000');
  const socket = await client(t, server, ['websocket']);
  socket.on('question', () => {});
  socket.emit('ask', 'are you there?');
  assert.deepEqual(await once(socket, 'answer'), ['operation has timed out']);
});

test('an acknowledgement that nobody waits for means nothing', async t => {
  const server = await startBare(t, '--socketio.ping_timeout_ms=20000', '--socketio.ping_interval_ms=25000');
  const socket = server.websocket();
  await socket.next();
  socket.send('40');
  await socket.next();
  await socket.next();
  for (const packet of ['430[]', '43999["x"]', '461-5[{"_placeholder":true,"num":0}]', Buffer.from('x'), '42["message",1]'])
    socket.send(packet);
  assert.equal(await socket.next(), '42["message-back",1]');
  socket.send('42["ask","late"]');
  assert.equal(await socket.next(), '420["question","late"]');
  assert.equal(await socket.next(), '42["answer","operation has timed out"]');
  socket.send('430["too late"]');
  socket.send('430["twice"]');
  socket.send('42["message",2]');
  assert.equal(await socket.next(), '42["message-back",2]');
  socket.close();
});
