// Rooms, broadcasts and volatile events, with every client.

import assert from 'node:assert/strict';
import {json, matrix, packed, Place} from './clients.mjs';
import {test} from './server.mjs';

/** What each of `clients` heard of `event` so far. */
async function heardBy(clients, event) {
  await Promise.all(clients.map(client => client.settle()));
  return clients.map(client => client.all(event).map(([first]) => first));
}

matrix('a broadcast reaches each member of its rooms once', async (t, place) => {
  await place.start();
  const clients = await place.clients(4);
  const [ada, bob, eve] = clients;
  await ada.ask('join', ['a', 'b']);
  await bob.ask('join', 'b');
  await eve.ask('join', ['b', 'c']);

  await ada.ask('tell', {rooms: ['a', 'b']}, 'news', 'a and b');
  await ada.ask('tell', {rooms: ['a', 'b'], others: true}, 'news', 'the others of a and b');
  await ada.ask('tell', {rooms: ['b'], except: ['c']}, 'news', 'b without c');
  await ada.ask('tell', {except: ['b']}, 'news', 'all but b');
  await ada.ask('tell', {rooms: ['nobody']}, 'news', 'nobody');
  await ada.ask('tell', {others: true}, 'news', 'all but Ada');
  await ada.ask('tell', {}, 'news', 'all');
  assert.deepEqual(await heardBy(clients, 'news'), [
    ['a and b', 'b without c', 'all'],
    ['a and b', 'the others of a and b', 'b without c', 'all but Ada', 'all'],
    ['a and b', 'the others of a and b', 'all but Ada', 'all'],
    ['all but b', 'all but Ada', 'all'],
  ]);
});

matrix('an id is a room', async (t, place) => {
  await place.start();
  const clients = await place.clients(3);
  await clients[0].ask('tell', {rooms: [clients[1].id]}, 'news', 'for one');
  await clients[0].ask('tell', {except: [clients[1].id]}, 'news', 'for the others');
  assert.deepEqual(await heardBy(clients, 'news'), [['for the others'], ['for one'], ['for the others']]);
});

matrix('who has left a room hears it no longer', async (t, place) => {
  await place.start();
  const clients = await place.clients(2);
  const [ada, bob] = clients;
  await bob.ask('join', ['a', 'b']);
  assert.deepEqual((await bob.ask('whoami')).rooms, ['a', 'b']);
  await bob.ask('join', 'a');
  await bob.ask('leave', 'a');
  await bob.ask('leave', 'never joined');
  assert.deepEqual((await bob.ask('whoami')).rooms, ['b']);
  await ada.ask('tell', {rooms: ['a']}, 'news', 'a');
  await ada.ask('tell', {rooms: ['b']}, 'news', 'b');
  assert.deepEqual(await heardBy(clients, 'news'), [[], ['b']]);
});

matrix('a broadcast carries bytes', async (t, place) => {
  await place.start();
  const clients = await place.clients(3);
  const args = [Buffer.from([1, 2, 3]), {deep: [Buffer.alloc(70_000, 1), 'text']}, 5];
  await clients[0].ask('tell', {}, 'news', ...args);
  for (const client of clients)
    assert.deepEqual(await client.hears('news'), args);
});

matrix('broadcasts stay in order, binary ones among others', async (t, place) => {
  await place.start();
  const clients = await place.clients(3);
  for (let n = 0; n < 200; ++n)
    clients[0].emit('tell', {}, 'news', n, n % 3 ? 'text' : Buffer.alloc(n));
  for (const client of clients)
    await client.until('all', () => client.all('news').length === 200);
  for (const heard of await heardBy(clients, 'news'))
    assert.deepEqual(heard, Array.from({length: 200}, (_, n) => n));
});

matrix('a thousand at once', async (t, place) => {
  await place.start();
  const clients = await place.clients(2);
  await clients[0].ask('tell', {times: 1000}, 'news', 'x'.repeat(100));
  for (const client of clients)
    await client.until('all', () => client.all('news').length === 1000);
  for (const heard of await heardBy(clients, 'news'))
    assert.deepEqual(heard, Array.from({length: 1000}, (_, n) => n));
});

matrix('volatile events come in order or not at all', async (t, place) => {
  await place.start();
  const [ada, bob] = await place.clients(2);
  await ada.ask('tell', {volatile: true, times: 500}, 'maybe', 'text');
  await ada.ask('tell', {volatile: true, times: 500}, 'maybe too', Buffer.from('bytes'));
  await ada.ask('tell', {}, 'surely');
  await bob.hears('surely');
  for (const event of ['maybe', 'maybe too']) {
    const heard = bob.all(event).map(([n]) => n);
    assert.deepEqual(heard, [...new Set(heard)].sort((a, b) => a - b), event);
  }
  assert.equal(await bob.ask('echo', 'intact'), 'intact');
});

matrix('a volatile event reaches who listens', async (t, place) => {
  await place.start();
  const client = await place.client();
  await client.upgraded();
  do // over long-polling until one meets a request that waits
    client.emit('flutter', 'maybe', 1);
  while (await client.settle() && client.all('maybe').length === 0);
  assert.deepEqual(client.all('maybe')[0], [1]);
});

matrix('nobody hears after leaving', async (t, place) => {
  await place.start();
  const [ada, bob] = await place.clients(2);
  await bob.ask('join', 'a');
  const watcher = await place.watcher();
  bob.socket.disconnect();
  await watcher.hears('gone');
  await ada.ask('tell', {rooms: ['a']}, 'news', 1);
  assert.deepEqual(await ada.asks('ask-all', {rooms: ['a'], timeout_ms: 20_000}, 'news', 2), [null, []]);
  assert.equal(bob.all('news').length, 0);
}, {kinds: [json, packed]});

test('volatile events do not wait for who does not read', async t => {
  const place = await new Place(t).start();
  const ada = await place.client();
  const slow = place.server.websocket();
  await slow.next();
  slow.send('40');
  const {sid} = JSON.parse((await slow.next()).slice(2));
  await slow.next(); // auth
  slow._socket.pause();
  await ada.ask('tell', {rooms: [sid], volatile: true, times: 2000}, 'maybe', 'x'.repeat(10_000));
  slow._socket.resume();
  slow.send('42["back","surely"]');
  const heard = [];
  do
    heard.push(await slow.next());
  while (heard.at(-1) !== '42["surely"]');
  assert.ok(heard.length < 2000, `${heard.length} came`);
  slow.close();
});

test('volatile events do not wait for the next poll', async t => {
  const place = await new Place(t).start();
  const ada = await place.client();
  const poller = await place.server.poller();
  await poller.post('40');
  const packets = await poller.pollUntil(packet => packet.startsWith('42["auth"'));
  const {sid} = JSON.parse(packets.find(packet => packet.startsWith('40')).slice(2));
  await ada.ask('tell', {rooms: [sid], volatile: true}, 'maybe');
  await ada.ask('tell', {rooms: [sid]}, 'surely');
  assert.equal((await poller.poll()).body, '42["surely"]');
  await poller.post('1');
});
