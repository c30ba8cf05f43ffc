// Whoever is not a member can neither listen, send nor read.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

for (const visibility of ['private', 'public'])
  test(`a stranger to a ${visibility} channel`, async t => {
    const server = await startServer(t);
    const ada = await server.visitor('ada'), eve = await server.visitor('eve');
    const channel = await ada.createChannel(visibility);
    await ada.listen(channel);
    const secret = await ada.say(channel, 'a secret');

    const join = await eve.ask('join_channel', {channelId: channel, after: 0});
    assert.equal(join.ok, false);
    assert.equal(join.error, 'Access denied to channel');
    const send = await eve.send(channel, 'let me in');
    assert.equal(send.ok, false);
    assert.equal(send.error, 'You are not a member of this channel');
    assert.equal(send.code, 'not_a_member');
    assert.equal((await eve.send(channel, 'me too', {replyToId: secret.id})).ok, false);

    const {status, body} = await eve.api('GET', `/api/messages?channelId=${channel}&after=0`);
    assert.equal(status, 404);
    assert.equal(body.data, null);
    assert.equal(body.error.status, 404);

    await ada.say(channel, 'and another');
    await eve.settle();
    assert.deepEqual(eve.all('new_message'), []);
    assert.equal(JSON.stringify(eve.heard).includes('secret'), false);
    assert.deepEqual(ada.contents(), ['a secret', 'and another'], 'nobody hears what a stranger says');
    assert.deepEqual((await ada.history(channel)).map(({content}) => content), ['a secret', 'and another']);
  });

test('a stranger cannot let themselves into a private channel', async t => {
  const server = await startServer(t);
  const ada = await server.visitor('ada'), eve = await server.visitor('eve');
  const channel = await ada.createChannel('private');
  const {status} = await eve.api('POST', `/api/channels/${channel}/join`);
  assert.equal(status, 404, 'what one may not see is not there');
  assert.equal((await eve.ask('join_channel', {channelId: channel})).error, 'Access denied to channel');
});

test('without an ack the refusal is an error event, to the stranger alone', async t => {
  const server = await startServer(t);
  const ada = await server.visitor('ada'), eve = await server.visitor('eve');
  const channel = await ada.createChannel('private');
  await ada.listen(channel);
  eve.socket.emit('join_channel', {channelId: channel});
  const join = await eve.hears('error', ({event}) => event === 'join_channel');
  assert.equal(join.message, 'Access denied to channel');
  eve.socket.emit('send_message', {channelId: channel, content: 'let me in', clientMessageId: 'mine'});
  const send = await eve.hears('error', ({event}) => event === 'send_message');
  assert.deepEqual({message: send.message, code: send.code, clientMessageId: send.clientMessageId},
                   {message: 'You are not a member of this channel', code: 'not_a_member', clientMessageId: 'mine'});
  await ada.settle();
  assert.deepEqual(ada.all('error'), []);
});

test('an unknown channel looks like one that is private', async t => {
  const server = await startServer(t);
  const eve = await server.visitor('eve');
  for (const channel of ['999999', 999999, 'no-such-key']) {
    assert.equal((await eve.ask('join_channel', {channelId: channel})).error, 'Access denied to channel');
    assert.equal((await eve.send(channel, 'anyone?')).ok, false);
    assert.equal((await eve.api('GET', `/api/messages?channelId=${channel}`)).status, 404);
    assert.equal((await eve.api('POST', `/api/channels/${channel}/join`)).status, 404);
  }
});
