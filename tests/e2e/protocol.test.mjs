// Payloads, heartbeat, upgrade and the time to connect, with every client.

import assert from 'node:assert/strict';
import {Socket as Engine} from 'engine.io-client';
import {once} from 'node:events';
import {json, matrix, old, packed, Place} from './clients.mjs';
import {test} from './server.mjs';

const payloads = [
  [],
  ['', 0, -0.5, 2 ** 53 - 1, -(2 ** 31), 1e-7, true, false, null],
  ['Ä ü ß てすと 😀 \u2028\u2029\u0000"\\/', {'': {'ключ': []}}],
  [[[[[{a: [{}]}]]]], {b: 2, a: 1}],
  [Buffer.alloc(0)],
  [Buffer.from([0, 1, 2, 127, 128, 255])],
  [{b: Buffer.from('b'), a: [Buffer.from('a'), 'text', {c: Buffer.from('c')}]}, 'after'],
  [{_placeholder: true, num: 0}, 'of one\'s own'],
  Array.from({length: 10}, (_, n) => Buffer.from([n])),
  [Buffer.alloc(300_000, 'x'), 'y'.repeat(300_000)],
];

matrix('what is said comes back the same', async (t, place) => {
  await place.start();
  const client = await place.client();
  for (const args of payloads) {
    client.emit('message', ...args);
    assert.deepEqual(await client.hears('message-back'), args);
  }
});

matrix('the catch-all hears everything', async (t, place) => {
  await place.start();
  const client = await place.client('/any');
  for (const [event, ...args] of [['plain'], ['text', 'a', null], ['bytes', Buffer.from('b'), {c: [1]}], ['message', 1], ['', 'no name']]) {
    client.emit(event, ...args);
    assert.deepEqual(await client.hears('heard'), [event, ...args]);
    assert.deepEqual(await client.asks(event, ...args), [event, args.length]);
    assert.deepEqual(await client.hears('heard'), [event, ...args]);
  }
});

matrix('an event may have a number for a name', async (t, place) => {
  await place.start();
  const client = await place.client('/any');
  client.emit(5, 'five');
  assert.deepEqual(await client.hears('heard'), [5, 'five']);
}, {kinds: [json, packed]});

matrix('the catch-all of the client, too', async (t, place) => {
  await place.start();
  const client = await place.client();
  client.emit('back', 'something', 1, [2]);
  client.emit('back', 'connected', 'is no reserved word');
  assert.deepEqual(await client.hears('something'), [1, [2]]);
  assert.deepEqual(await client.hears('connected'), ['is no reserved word']);
});

matrix('an event that nobody listens to is no error', async (t, place) => {
  await place.start();
  const client = await place.client();
  client.emit('unknown', 1, Buffer.from('bytes'));
  assert.equal(await client.ask('echo', 'still here'), 'still here');
});

matrix('a connection lives from heartbeat to heartbeat', async (t, place) => {
  await place.start('--socketio.ping_interval_ms=100', '--socketio.ping_timeout_ms=20000');
  const client = await place.client();
  await client.upgraded();
  let beats = 0;
  await new Promise(resolve => client.engine.on(place.kind === old ? 'pong' : 'ping', () => ++beats === 5 && resolve()));
  assert.equal(await client.ask('echo', 'alive'), 'alive');
  assert.equal(client.all('(disconnect)').length, 0);
});

matrix('events stay in order while the transport is upgraded', async (t, place) => {
  await place.start();
  const client = await place.client();
  const upgraded = client.upgraded();
  let n = 0, done = false;
  upgraded.then(() => { done = true; });
  do {
    client.emit('back', 'n', n++, n % 4 ? 'text' : Buffer.from('bytes'));
    await client.hears('n');
    client.emit('tell', {times: 3}, 'many');
  } while (!done);
  assert.equal(await upgraded, 'websocket');
  await client.settle();
  assert.deepEqual(client.all('n').map(([number]) => number), Array.from({length: n}, (_, i) => i));
  assert.deepEqual(client.all('many').map(([number]) => number), Array.from({length: 3 * n}, (_, i) => i % 3));
}, {transports: [['polling', 'websocket']]});

for (const transports of [['polling'], ['websocket']]) {
  test(`who enters no namespace in time is shown out: ${transports}`, async t => {
    const place = await new Place(t).start('--socketio.connect_timeout_ms=100');
    const engine = new Engine(place.server.url, {path: '/socket.io/', transports});
    assert.deepEqual((await once(engine, 'close')).slice(0, 1), ['transport close']);
  });

  test(`who leaves the only namespace may stay: ${transports}`, async t => {
    const place = await new Place(t).start('--socketio.connect_timeout_ms=100', '--socketio.ping_interval_ms=150');
    const engine = new Engine(place.server.url, {path: '/socket.io/', transports});
    t.after(() => engine.close());
    await once(engine, 'open');
    engine.send('0');
    await once(engine, 'message');
    engine.send('1');
    await once(engine, 'ping');
    await once(engine, 'ping'); // the time to connect is long over
    engine.send('0');
    assert.match((await once(engine, 'message'))[0], /^0\{"sid":/);
  });
}

test('old clients are refused where they are not wanted', async t => {
  const place = new Place(t, {...old, settings: []}, ['polling']);
  await place.start();
  const refusal = new Promise(resolve => place.newcomer().socket.on('connect_error', resolve));
  assert.equal((await refusal).description, 400);
});
