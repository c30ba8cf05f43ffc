// Whoever is not a member can neither listen, send nor read.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

const strangers = [
  // a public channel may be seen, and joined; a private one is not there
  {visibility: 'public', send: {error: 'You are not a member of this channel', code: 'not_a_member'}, status: 403},
  {visibility: 'private', send: {error: 'Access denied to channel', code: 'not_found'}, status: 404},
];

for (const {visibility, send, status} of strangers)
  test(`a stranger to a ${visibility} channel`, async t => {
    const server = await startServer(t);
    const ada = await server.visitor('ada'), eve = await server.visitor('eve');
    const channel = await ada.createChannel(visibility);
    await ada.listen(channel);
    const secret = await ada.say(channel, 'a secret');

    const join = await eve.ask('join_channel', {channelId: channel, after: 0});
    assert.deepEqual({ok: join.ok, error: join.error}, {ok: false, error: 'Access denied to channel'});
    const {ok, error, code} = await eve.send(channel, 'let me in');
    assert.deepEqual({ok, error, code}, {ok: false, ...send});
    assert.equal((await eve.send(channel, 'me too', {replyToId: secret.id})).ok, false);

    const answer = await eve.api('GET', `/api/messages?channelId=${channel}&after=0`);
    assert.equal(answer.status, status);
    assert.equal(answer.body.data, null);
    assert.equal(answer.body.error.status, status);

    await ada.say(channel, 'and another');
    await eve.settle(channel);
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
  const channel = await ada.createChannel('public');
  await ada.listen(channel);
  eve.socket.emit('join_channel', {channelId: channel});
  const join = await eve.hears('error', ({event}) => event === 'join_channel');
  assert.equal(join.message, 'Access denied to channel');
  eve.socket.emit('send_message', {channelId: channel, content: 'let me in', clientMessageId: 'mine'});
  const send = await eve.hears('error', ({event}) => event === 'send_message');
  assert.deepEqual({message: send.message, code: send.code, clientMessageId: send.clientMessageId},
                   {message: 'You are not a member of this channel', code: 'not_a_member', clientMessageId: 'mine'});
  await ada.settle(channel);
  assert.deepEqual(ada.all('error'), []);
});

test('a private channel cannot be told from one that does not exist', async t => {
  const server = await startServer(t);
  const ada = await server.visitor('ada'), eve = await server.visitor('eve');
  const secret = await ada.createChannel('private');
  const answers = async channel => [
    await eve.ask('join_channel', {channelId: channel}),
    await eve.ask('leave_channel', {channelId: channel}),
    await eve.send(channel, 'anyone?'),
    await eve.api('GET', `/api/messages?channelId=${channel}`),
    await eve.api('GET', `/api/channels/${channel}`),
    await eve.api('POST', `/api/channels/${channel}/join`),
  ];
  const unknown = await answers('999999');
  assert.deepEqual(unknown.map(({ok, status}) => ok ?? status), [false, false, false, 404, 404, 404]);
  assert.deepEqual(await answers(secret), unknown);
  assert.deepEqual(await answers('no-such-key'), unknown);
});
