// Two people talk in a public channel.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The fields of a Message object, in the words of the contract. */
function messageOf({id, content, channelId, userId, createdAt, updatedAt, replyToId, user, replyTo, attachments, reactions}) {
  return {id, content, channelId, userId, createdAt, updatedAt, replyToId, user, replyTo, attachments, reactions};
}

test('two people talk', async t => {
  const server = await startServer(t);
  const ada = await server.visitor('ada'), bob = await server.visitor('bob');

  const {status, body} = await ada.api('POST', '/api/channels', {name: 'general', visibility: 'public'});
  assert.equal(status, 201);
  const {id: channel, name, visibility, role, lastSeq} = body.data;
  assert.deepEqual({name, visibility, role, lastSeq}, {name: 'general', visibility: 'public', role: 'owner', lastSeq: 1});
  assert.equal(typeof channel, 'string');
  await bob.joinChannel(channel);

  const joined = await bob.listen(channel);
  assert.equal(joined.channelId, channel);
  assert.deepEqual(joined.missed, []);
  assert.equal(joined.hasMore, false);
  assert.equal((await bob.hears('joined_channel')).seq, joined.seq);
  await ada.listen(channel);

  const content = 'Hello, wörld 👋 "quoted" \\ \u0000 </script>';
  const ack = await ada.say(channel, content, {clientMessageId: 'first'});
  const heard = await bob.hears('new_message');
  const {userId} = (await ada.hears('authenticated'));
  assert.deepEqual(messageOf(heard), {
    id: ack.id, content, channelId: channel, userId: String(userId), createdAt: heard.createdAt, updatedAt: heard.createdAt,
    replyToId: null, user: {id: String(userId), name: 'ada', image: null}, replyTo: null, attachments: [], reactions: [],
  });
  assert.equal(typeof heard.id, 'string');
  assert.match(heard.createdAt, iso);
  assert.equal(heard.seq, joined.seq + 1);
  assert.deepEqual(messageOf(ack), messageOf(heard));
  assert.equal(ack.clientMessageId, 'first');

  const sent = await ada.hears('message_sent');
  assert.deepEqual(messageOf(sent), messageOf(heard));
  assert.equal(sent.clientMessageId, 'first');
  assert.deepEqual(await ada.hears('new_message'), heard, 'the sender hears it as the others do');

  const reply = await bob.say(channel, 'Hello, Ada', {replyToId: ack.id});
  assert.equal((await ada.hears('new_message', message => message.id === reply.id)).replyToId, ack.id);

  for (const person of [ada, bob]) {
    await person.settle(channel);
    assert.deepEqual(person.contents(), [content, 'Hello, Ada'], `${person.name} hears each message once`);
  }
  assert.deepEqual((await ada.history(channel)).map(messageOf), ada.all('new_message').map(messageOf));
});

test('a message without an ack is answered by message_sent', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  ada.socket.emit('send_message', {content: 'no ack', channelId: channel});
  assert.equal((await ada.hears('message_sent')).content, 'no ack');
  assert.equal((await bob.hears('new_message')).content, 'no ack');
});

test('who has left hears nothing more, and may come back', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  assert.equal((await bob.ask('leave_channel', {channelId: channel})).ok, true);
  assert.equal((await bob.hears('left_channel')).channelId, channel);
  await ada.say(channel, 'gone?');
  await bob.listen(channel);
  await ada.say(channel, 'back');
  await bob.hears('new_message', ({content}) => content === 'back');
  assert.deepEqual(bob.contents(), ['back']);
});

test('leaving one channel leaves the others alone', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const other = await ada.createChannel();
  await bob.joinChannel(other);
  await bob.listen(other);
  await bob.ask('leave_channel', {channelId: other});
  await ada.say(channel, 'still here?');
  await bob.hears('new_message', ({content}) => content === 'still here?');
});

test('a channel answers to the key that its creator chose', async t => {
  const server = await startServer(t);
  const ada = await server.visitor('ada'), bob = await server.visitor('bob');
  const create = () => ada.api('POST', '/api/channels', {name: 'general', visibility: 'public', key: 'channel_123'});
  assert.equal((await create()).body.data.id, 'channel_123');
  assert.equal((await create()).status, 409);
  await bob.joinChannel('channel_123');
  await bob.listen('channel_123');
  await ada.say('channel_123', 'by key');
  assert.equal((await bob.hears('new_message')).channelId, 'channel_123');
});

test('a room keeps its order and its people over a restart', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const before = await ada.say(channel, 'before');
  await server.restart();
  await bob.until('two greetings', () => bob.all('authenticated').length === 2);
  await ada.until('two greetings', () => ada.all('authenticated').length === 2);
  await bob.listen(channel, before.seq);
  const after = await ada.say(channel, 'after');
  assert.equal(after.seq, before.seq + 1);
  await bob.hears('new_message', ({content}) => content === 'after');
  assert.deepEqual((await bob.history(channel)).map(({content}) => content), ['before', 'after']);
});
