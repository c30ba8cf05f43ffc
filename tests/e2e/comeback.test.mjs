// Connection state recovery in the chat: who was cut off comes back into their rooms, as far as they may still be there.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {startServer, test} from './server.mjs';

const recovering = '--recovery.max_disconnection_ms=60000';
const idOf = person => person.all('authenticated')[0].userId;

/** Loses the connection without a goodbye, and does not come back by itself. */
async function cut(person) {
  person.socket.io.reconnection(false);
  const gone = once(person.socket, 'disconnect');
  person.socket.io.engine.transport.ws.terminate();
  await gone;
}

/** Comes back; gives whether the server knew this socket. */
async function back(person) {
  const there = once(person.socket, 'connect');
  person.socket.connect();
  await there;
  return person.socket.recovered;
}

async function scene(t, ...settings) {
  const server = await startServer(t, recovering, ...settings);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await ada.say(channel, 'before');
  await bob.hears('new_message');
  return {server, channel, ada, bob};
}

test('who was cut off hears what was missed, in order and once, and needs no join', async t => {
  const {channel, ada, bob} = await scene(t);
  const {id} = bob.socket;
  for (let round = 0; round < 3; ++round) {
    await cut(bob);
    for (let n = 0; n < 20; ++n)
      await ada.say(channel, `${round}.${n}`);
    assert.equal(await back(bob), true);
    assert.equal(bob.socket.id, id);
    await bob.say(channel, `${round} again`);
  }
  await ada.settle(channel);
  await bob.settle(channel);
  assert.equal(ada.contents().length, 1 + 3 * 21);
  assert.deepEqual(bob.contents(), ada.contents());
  assert.equal(bob.all('authenticated').length, 1, 'who comes back is not greeted again');
});

test('who was sent away meanwhile hears no more of that room', async t => {
  const {channel, ada, bob} = await scene(t);
  const other = await ada.createChannel();
  await bob.joinChannel(other);
  await bob.listen(other);
  await cut(bob);
  await ada.say(channel, 'still there');
  assert.equal((await ada.api('DELETE', `/api/channels/${channel}/members/${idOf(bob)}`)).status, 204);
  await ada.say(channel, 'not for bob');
  await ada.say(other, 'elsewhere');
  assert.equal(await back(bob), true);
  await bob.hears('new_message', ({content}) => content === 'elsewhere');
  await ada.say(channel, 'nor this');
  await ada.say(other, 'the end');
  await bob.hears('new_message', ({content}) => content === 'the end');
  assert.deepEqual(bob.contents(), ['before', 'still there', 'elsewhere', 'the end']);
  assert.equal((await bob.send(channel, 'but')).ok, false);
});

test('a token that is good no longer lets nobody back in', async t => {
  const {server, channel, ada, bob} = await scene(t);
  await cut(bob);
  await ada.say(channel, 'missed');
  bob.socket.auth = {token: server.token('bob', ({claims}) => { claims.exp = claims.iat - 60; })};
  const refused = once(bob.socket, 'connect_error');
  bob.socket.connect();
  assert.equal((await refused)[0].data.code, 'invalid_token');

  bob.socket.auth = {token: server.token('bob')};
  assert.equal(await back(bob), true, 'with a good one it is not too late');
  await bob.hears('new_message', ({content}) => content === 'missed');
});

test('a socket is nobody else\'s', async t => {
  const {server, channel, ada, bob} = await scene(t);
  await cut(bob);
  await ada.say(channel, 'for bob');
  bob.socket.auth = {token: server.token('eve')};
  assert.equal(await back(bob), false);
  await bob.until('eve', heard => heard.filter(({event}) => event === 'authenticated').length === 2);
  assert.deepEqual(bob.contents(), ['before']);
});

test('who is away is offline, and who has come back is there', async t => {
  const {channel, ada, bob} = await scene(t, '--presence.grace_ms=0', '--presence.tick_ms=10');
  const isOnline = async () => (await ada.ask('conversation:get-online-users', channel)).includes(idOf(bob));
  await cut(bob);
  while (await isOnline())
    ; // until the server has noticed
  assert.equal(await back(bob), true);
  while (!await isOnline())
    ;
});
