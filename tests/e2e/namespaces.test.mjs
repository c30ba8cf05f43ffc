// Namespaces and who may enter them, with every client.

import assert from 'node:assert/strict';
import {json, matrix, old, packed} from './clients.mjs';

const current = {kinds: [json, packed]};

matrix('namespaces share a connection and nothing else', async (t, place) => {
  await place.start();
  const root = await place.client('/');
  const [foo, seven, eight] = await Promise.all(['/foo', '/dynamic-7', '/dynamic-8'].map(nsp => root.beside(nsp)));
  const ids = await Promise.all([root, foo, seven, eight].map(client => client.ask('getId')));
  assert.deepEqual(ids, [root, foo, seven, eight].map(client => client.id));
  assert.equal(new Set(ids).size, 4);
  assert.deepEqual(await seven.hears('welcome'), ['/dynamic-7']);
  assert.deepEqual(await eight.hears('welcome'), ['/dynamic-8']);

  await Promise.all([root, seven, eight].map(client => client.ask('join', 'here')));
  await seven.ask('tell', {rooms: ['here']}, 'news', 'for seven');
  await seven.ask('tell', {}, 'news', 'for all of seven');
  await Promise.all([root, foo, seven, eight].map(client => client.settle()));
  assert.deepEqual(seven.all('news'), [['for seven'], ['for all of seven']]);
  for (const client of [root, foo, eight])
    assert.deepEqual(client.all('news'), []);
});

matrix('a namespace is left and entered again, and the others stay', async (t, place) => {
  await place.start();
  const root = await place.watcher('/');
  const seven = await root.beside('/dynamic-7');
  const first = seven.id;
  seven.socket.disconnect();
  assert.deepEqual((await seven.disconnects()).slice(0, 1), ['io client disconnect']);
  assert.deepEqual(await root.ask('echo', 'still here'), 'still here');
  seven.socket.connect();
  await seven.connects();
  if (place.kind === old)
    assert.equal(seven.id, `/dynamic-7#${root.id}`, 'named after its connection');
  else
    assert.notEqual(seven.id, first);
  assert.deepEqual(await seven.ask('whoami'), {id: seven.id, recovered: false, rooms: [], data: null});
  assert.equal(root.all('(disconnect)').length, 0);
});

matrix('there are no namespaces but those that there are', async (t, place) => {
  await place.start();
  const unknown = ['/random', '/dynamic-', '/dynamic-7x', '/Custom', '/foo/bar'].map(nsp => place.newcomer(nsp));
  for (const client of unknown) {
    assert.deepEqual(await client.refused(), {message: 'Invalid namespace', ...(place.kind !== old && {data: undefined})});
  }
});

matrix('a refusal says why, and a client that knows better comes in', async (t, place) => {
  await place.start();
  const auth = {token: 'wrong'};
  const guest = place.newcomer('/guarded', {auth});
  assert.deepEqual(await guest.refused(), {message: 'not allowed', data: {code: 'E_TOKEN', details: [1, 'two', null]}});
  assert.equal(guest.socket.active, false);
  assert.equal(guest.socket.connected, false);
  auth.token = 'secret';
  guest.socket.connect();
  await guest.connects();
  assert.equal(await guest.ask('getId'), guest.id);
}, current);

matrix('a refusal in one namespace leaves the others alone', async (t, place) => {
  await place.start();
  const root = await place.client('/');
  const guest = root.socket.io.socket('/no');
  const refusal = await new Promise(resolve => {
    guest.on('connect_error', resolve);
    guest.on('error', resolve);
  });
  assert.equal(place.kind === old ? refusal : refusal.message, 'Auth failed (custom namespace)');
  assert.equal(await root.ask('echo', 'still here'), 'still here');
});

matrix('the main namespace refuses by what the handshake asked', async (t, place) => {
  await place.start();
  const guest = place.newcomer('/', {query: {fail: 'yes'}});
  const refusal = await guest.refused();
  assert.deepEqual(refusal, place.kind === old ? 'Auth failed (main namespace)' : {message: 'Auth failed (main namespace)', data: undefined});
});

matrix('client 2 shows its token in the name of the namespace', async (t, place) => {
  await place.start();
  const stranger = place.newcomer('/guarded?token=wrong');
  assert.deepEqual(await stranger.refused(), {code: 'E_TOKEN', details: [1, 'two', null]});
  const guest = await place.client('/guarded?token=secret');
  assert.equal(await guest.ask('getId'), guest.id);
}, {kinds: [old]});

matrix('the server sees the payload and the query', async (t, place) => {
  await place.start();
  const client = place.newcomer('/abc', {auth: {a: 'b', deep: [{c: null}]}, query: {'&a': '&=?a', name: 'Grüße'}});
  const [{auth, query, headers, url, issued, secure, xdomain, address}] = await client.hears('handshake');
  if (place.kind !== old)
    assert.deepEqual(auth, {a: 'b', deep: [{c: null}]});
  assert.equal(query['&a'], '&=?a');
  assert.equal(query.name, 'Grüße');
  assert.equal(query.EIO, place.kind === old ? '3' : '4');
  assert.equal(query.transport, place.transports[0]);
  assert.equal(typeof headers.host, 'string');
  assert.ok(url.startsWith('/socket.io/?'), url);
  assert.equal(typeof issued, 'number');
  assert.deepEqual({secure, xdomain}, {secure: false, xdomain: false});
  assert.match(address, /127\.0\.0\.1/);
});

matrix('the payload is told', async (t, place) => {
  await place.start();
  const [silent, talker, custom] = [place.newcomer('/'), place.newcomer('/', {auth: {token: '123'}}), place.newcomer('/custom', {auth: {token: 'abc'}})];
  assert.deepEqual(await silent.hears('auth'), [{}]);
  assert.deepEqual(await talker.hears('auth'), [{token: '123'}]);
  assert.deepEqual(await custom.hears('auth'), [{token: 'abc'}]);
}, current);

matrix('what is emitted before the connection stands comes in order', async (t, place) => {
  await place.start();
  const client = place.newcomer('/');
  for (let n = 0; n < 100; ++n)
    client.emit('back', 'n', n, n % 10 ? 'text' : Buffer.from([n]));
  await client.until('100 events', () => client.all('n').length === 100);
  assert.deepEqual(client.all('n').map(([n]) => n), Array.from({length: 100}, (_, n) => n));
});
