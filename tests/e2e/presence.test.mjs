// Who is online, who hears of it, who may ask.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

const changes = person => person.all('user:status-changed');
const isNow = (who, status) => data => data.userId === who && data.status === status;

/** The user's id, as their own socket was told. */
const idOf = person => person.all('authenticated')[0].userId;

test('over two devices one is online from the first to the last, and a reconnect is no news', async t => {
  const server = await startServer(t, '--presence.grace_ms=1000', '--presence.tick_ms=20');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const stranger = await server.visitor('stranger');
  const carol = server.person('carol');
  const api = await carol.api('POST', `/api/channels/${channel}/join`);
  assert.equal(api.status, 200);
  await carol.connect();
  const id = idOf(carol);
  await ada.hears('user:status-changed', isNow(id, 'online'));
  await bob.hears('user:status-changed', isNow(id, 'online'));
  assert.deepEqual(await ada.ask('user:get-status', id), {userId: id, status: 'online'});

  const desk = await server.visitor('carol');
  carol.leave(); // one device is left
  desk.leave();
  await desk.connect(); // within the grace
  await desk.settle();
  desk.leave();
  await ada.hears('user:status-changed', isNow(id, 'offline'));
  await bob.hears('user:status-changed', isNow(id, 'offline'));
  for (const person of [ada, bob])
    assert.deepEqual(changes(person).filter(({userId}) => userId === id), [{userId: id, status: 'online'}, {userId: id, status: 'offline'}], person.name);
  assert.deepEqual(changes(stranger), []);
  assert.deepEqual(await ada.ask('user:get-status', id), {userId: id, status: 'offline'});
});

test('status is for those who share a room', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const stranger = await server.visitor('stranger');
  const [a, b, s] = [ada, bob, stranger].map(idOf);
  assert.deepEqual(await ada.ask('users:get-status', [b, Number(s), 999999, a]), [
    {userId: b, status: 'online'}, {userId: s, status: 'offline'}, {userId: '999999', status: 'offline'}, {userId: a, status: 'online'}]);
  assert.deepEqual(await stranger.ask('user:get-status', b), {userId: b, status: 'offline'});
  const again = await server.visitor('bob'); // a second device
  for (const person of [ada, bob, again])
    assert.deepEqual((await person.ask('conversation:get-online-users', channel)).sort(), [a, b].sort(), 'each once, the caller included');
  assert.deepEqual(await stranger.ask('conversation:get-online-users', channel), []);
  assert.deepEqual(await ada.ask('conversation:get-online-users', 999999), []);
  for (const [event, bad] of [['user:get-status', {}], ['user:get-status', undefined], ['users:get-status', 'x'], ['users:get-status', Array(101).fill(1)],
                              ['users:get-status', [null]], ['conversation:get-online-users', {}]])
    assert.equal((await ada.ask(event, bad)).code, 'bad_request', event);
});

test('in rooms over presence.room_limit one asks', async t => {
  const server = await startServer(t, '--presence.room_limit=2', '--presence.tick_ms=20');
  const {channel, people: [ada]} = await server.talkers('ada', 'bob', 'carol');
  const {channel: other, people: [dora]} = await server.talkers('dora');
  const [dave, eve] = ['dave', 'eve'].map(name => server.person(name));
  await dave.joinChannel(channel);
  await eve.joinChannel(other);
  await dave.connect();
  await eve.connect();
  await dora.hears('user:status-changed', isNow(idOf(eve), 'online')); // by now ada's room has had its turn
  assert.deepEqual(await ada.ask('user:get-status', idOf(dave)), {userId: idOf(dave), status: 'online'});
  assert.deepEqual(changes(ada).filter(({userId}) => userId === idOf(dave)), []);
});
