// Channels as their members use them: edit, delete, react, reply, type, leave; and how moderators keep order.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

/** Runs a test over each transport. */
function onEachTransport(name, body) {
  for (const transport of ['websocket', 'polling', 'polling,websocket'])
    test(`${name} (${transport})`, async t => {
      const server = await startServer(t, '--limits.typing_timeout_ms=300');
      server.transports = transport.split(',');
      await body(server);
    });
}

const idOf = person => person.all('authenticated')[0].userId;
const refusal = ({ok, error, code}) => ({ok, error, code});
const refused = (error, code) => ({ok: false, error, code});

async function rest(person, method, path, body, wanted = 200) {
  const answer = await person.api(method, path, body);
  assert.equal(answer.status, wanted, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body?.data;
}

/** Resolves when the person has heard all that the channel has said so far: its answer comes behind that. */
const settle = (person, channel) => person.ask('join_channel', {channelId: channel});

onEachTransport('a message is edited by its author', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {id} = await ada.say(channel, 'helo');
  const ack = await ada.ask('edit_message', {messageId: id, content: 'hello', channelId: channel, clientOpId: 'e1'});
  assert.deepEqual(ack, {ok: true, clientOpId: 'e1', messageId: id, channelId: channel, seq: ack.seq});
  assert.deepEqual(await ada.hears('message_edited_ack'), {clientOpId: 'e1', messageId: id, channelId: channel, seq: ack.seq});
  const heard = await bob.hears('message_edited');
  assert.deepEqual(heard, {messageId: id, content: 'hello', updatedAt: heard.updatedAt, channelId: channel, seq: ack.seq});
  const [message] = await bob.history(channel);
  assert.deepEqual([message.content, message.updatedAt], ['hello', heard.updatedAt]);

  const edit = more => ({messageId: id, content: 'hello', channelId: channel, ...more});
  assert.equal((await ada.ask('edit_message', edit({clientOpId: 'e1'}))).seq, ack.seq, 'a retry has the first answer');
  assert.deepEqual(refusal(await ada.ask('edit_message', edit({clientOpId: 'e1', content: 'x'}))), refused('clientOpId reused', 'id_reused'));
  assert.deepEqual(refusal(await bob.ask('edit_message', edit())), refused('You can only edit your own messages', 'not_the_author'));
  assert.deepEqual(refusal(await ada.ask('edit_message', edit({messageId: '999999'}))), refused('Message not found', 'message_not_found'));
  assert.deepEqual(refusal(await ada.ask('edit_message', edit({content: ''}))), refused('Invalid message data', 'bad_request'));
  await settle(bob, channel);
  assert.equal(bob.all('message_edited').length, 1, 'a retry is told to nobody');

  const missed = (await bob.listen(channel, 0)).missed.map(({event, data}) => [event, data.content]);
  assert.deepEqual(missed.slice(-2), [['new_message', 'helo'], ['message_edited', 'hello']]);
});

onEachTransport('a sent message is known by its key after it was edited', async server => {
  const {channel, people: [ada]} = await server.talkers('ada');
  const {id} = await ada.say(channel, 'first', {clientMessageId: 'c1'});
  await ada.ask('edit_message', {messageId: id, content: 'second', channelId: channel});
  assert.equal((await ada.say(channel, 'first', {clientMessageId: 'c1'})).id, id);
});

onEachTransport('a deleted message is gone', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {id} = await ada.say(channel, 'oops');
  await ada.ask('edit_message', {messageId: id, content: 'a secret', channelId: channel});
  await bob.ask('add_reaction', {messageId: id, emoji: '🎉', channelId: channel});
  const {id: reply} = await bob.say(channel, 'what?', {replyToId: id});
  assert.equal((await ada.hears('new_message', message => message.id === reply)).replyTo.content, 'a secret');

  const about = {messageId: id, channelId: channel, clientOpId: 'd1'};
  assert.deepEqual(refusal(await bob.ask('delete_message', about)), refused('You can only delete your own messages', 'not_the_author'));
  const ack = await ada.ask('delete_message', about);
  assert.deepEqual(ack, {ok: true, clientOpId: 'd1', messageId: id, channelId: channel, seq: ack.seq});
  assert.deepEqual(await bob.hears('message_deleted'), {messageId: id, channelId: channel, seq: ack.seq});
  assert.equal((await ada.ask('delete_message', about)).seq, ack.seq, 'a retry has the first answer');
  assert.deepEqual(refusal(await ada.ask('delete_message', {...about, clientOpId: 'd2'})), refused('Message is already deleted', 'already_deleted'));
  for (const event of ['edit_message', 'add_reaction', 'remove_reaction'])
    assert.equal((await ada.ask(event, {messageId: id, content: 'x', emoji: '🎉', channelId: channel})).error, 'Message not found');
  assert.equal((await ada.send(channel, 'too late', {replyToId: id})).error, 'Original message not found or has been deleted');

  const history = await bob.history(channel);
  assert.deepEqual(history.map(({content, replyToId, replyTo}) => [content, replyToId, replyTo]), [['what?', id, null]]);
  for (const after of [0, 1]) { // from the store, from memory
    const {missed} = await bob.listen(channel, after);
    assert.deepEqual(missed.filter(({event}) => event !== 'member:added').map(({event}) => event), ['new_message', 'message_deleted']);
    assert.equal(JSON.stringify(missed).includes('secret'), false);
  }
});

onEachTransport('reactions', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {id} = await ada.say(channel, 'cake');
  const about = {messageId: id, emoji: '🎂', channelId: channel};
  const ack = await bob.ask('add_reaction', about);
  const added = await ada.hears('reaction_added');
  assert.deepEqual({ok: true, ...added}, ack);
  assert.deepEqual(added, {id: added.id, emoji: '🎂', messageId: id, userId: idOf(bob), createdAt: added.createdAt,
                           user: {id: idOf(bob), name: 'bob'}, channelId: channel, seq: added.seq});
  assert.equal((await bob.ask('add_reaction', about)).id, added.id, 'the same again changes nothing');
  await ada.ask('add_reaction', {...about, emoji: '🎉'});
  const [{reactions}] = await ada.history(channel);
  assert.deepEqual(reactions.map(({emoji, user}) => [emoji, user.name]), [['🎂', 'bob'], ['🎉', 'ada']]);

  assert.equal((await ada.ask('remove_reaction', about)).error, 'Reaction not found', 'only one\'s own');
  const gone = await bob.ask('remove_reaction', about);
  const {ok, ...removed} = gone;
  assert.deepEqual(await ada.hears('reaction_removed'), removed);
  assert.deepEqual(removed, {messageId: id, emoji: '🎂', userId: idOf(bob), channelId: channel, seq: removed.seq});
  assert.equal(ada.all('reaction_added').length, 2);
  assert.equal((await ada.history(channel))[0].reactions.length, 1);
  for (const emoji of [undefined, '', 7, 'x'.repeat(65)])
    assert.equal((await bob.ask('add_reaction', {...about, emoji})).error, 'Invalid message data');
});

onEachTransport('a reply brings along what it answers, one level deep', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const one = await ada.say(channel, 'one');
  const two = await bob.say(channel, 'two', {replyToId: one.id});
  const three = await ada.say(channel, 'three', {replyToId: two.id});
  const heard = await bob.hears('new_message', ({content}) => content === 'three');
  for (const message of [three, heard, (await bob.history(channel)).at(-1)]) {
    assert.equal(message.replyToId, two.id);
    assert.deepEqual([message.replyTo.content, message.replyTo.user.name, message.replyTo.replyToId, message.replyTo.replyTo],
                     ['two', 'bob', one.id, null]);
  }
  assert.equal((await ada.send(channel, 'x', {attachments: [{id: '1'}]})).error, 'Attachment not found');
  assert.equal((await ada.send(channel, 'x', {attachments: []})).ok, true);
});

onEachTransport('typing is told to the others, and ends', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const type = () => ada.ask('typing_start', {channelId: channel});
  assert.equal((await type()).ok, true);
  assert.deepEqual(await bob.hears('typing_start'), {channelId: channel, userId: idOf(ada), name: 'ada', userName: 'ada'});
  assert.equal((await type()).ok, true);
  await bob.hears('typing_stop'); // by itself
  assert.equal(bob.all('typing_start').length, 1, 'not repeated within the timeout');

  await type();
  assert.equal((await ada.ask('typing_stop', {channelId: channel})).ok, true);
  await bob.until('a second stop', () => bob.all('typing_stop').length === 2);
  await type();
  ada.leave();
  await bob.until('a third stop, when the socket goes', () => bob.all('typing_stop').length === 3);
  assert.deepEqual([...ada.all('typing_start'), ...ada.all('typing_stop')], [], 'never told to the sender');
  const {seq} = await bob.listen(channel);
  assert.equal(seq, 2, 'typing has no seq');
});

onEachTransport('ping needs no channel', async server => {
  const ada = await server.visitor('ada');
  const {ok, timestamp} = await ada.ask('ping');
  assert.equal(ok, true);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
  assert.deepEqual(await ada.hears('pong'), {timestamp});
});

/** Three people in one channel and in another one, ada being the owner of both. */
async function twoChannels(server) {
  const {channel, people} = await server.talkers('ada', 'bob', 'cleo');
  const other = await people[0].createChannel();
  for (const person of people) {
    await person.joinChannel(other);
    await person.listen(other);
  }
  return {channel, other, people};
}

const departures = {
  'leaves': {end: (channel, ada, bob) => rest(bob, 'POST', `/api/channels/${channel}/leave`), event: 'member:removed', status: 403},
  'is kicked': {
    end: (channel, ada, bob) => rest(ada, 'DELETE', `/api/channels/${channel}/members/${idOf(bob)}`, undefined, 204),
    event: 'member:removed', status: 403},
  'is banned': {
    end: (channel, ada, bob) => rest(ada, 'PATCH', `/api/channels/${channel}/members/${idOf(bob)}`, {role: 'banned'}),
    event: 'member:updated', status: 403, banned: true},
};
for (const [what, {end, event, status, banned}] of Object.entries(departures))
  onEachTransport(`who ${what} hears no more, at once`, async server => {
    const {channel, other, people: [ada, bob, cleo]} = await twoChannels(server);
    await ada.say(channel, 'all');
    await bob.hears('new_message');
    await end(channel, ada, bob);
    for (const person of [ada, bob, cleo])
      assert.equal((await person.hears(event, ({role}) => role !== 'member')).userId, idOf(bob), 'the last that is heard');
    await ada.say(channel, 'without bob');
    await ada.say(other, 'elsewhere');
    await bob.hears('new_message', ({content}) => content === 'elsewhere');
    assert.deepEqual(bob.contents(), ['all', 'elsewhere']);
    await cleo.hears('new_message', ({content}) => content === 'without bob');

    assert.equal((await bob.ask('join_channel', {channelId: channel, after: 0})).error, 'Access denied to channel');
    assert.equal((await bob.send(channel, 'but')).ok, false);
    assert.equal((await bob.ask('typing_start', {channelId: channel})).ok, false);
    await rest(bob, 'GET', `/api/messages?channelId=${channel}`, undefined, status);
    await rest(bob, 'POST', `/api/channels/${channel}/join`, undefined, banned ? 403 : 200);
    if (banned)
      await rest(bob, 'POST', `/api/channels/${channel}/leave`, undefined, 403);
    else {
      await bob.listen(channel);
      await ada.say(channel, 'welcome back');
      await bob.hears('new_message', ({content}) => content === 'welcome back');
    }
  });

onEachTransport('who is muted hears, and says nothing; leaving does not help', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await rest(ada, 'PATCH', `/api/channels/${channel}/members/${idOf(bob)}`, {role: 'muted'});
  await rest(bob, 'POST', `/api/channels/${channel}/leave`);
  await bob.joinChannel(channel);
  await bob.listen(channel);
  const {id} = await ada.say(channel, 'quiet, please');
  await bob.hears('new_message');
  for (const [event, more] of [['send_message', {content: 'but'}], ['typing_start'], ['add_reaction', {messageId: id, emoji: '👎'}]])
    assert.deepEqual(refusal(await bob.ask(event, {channelId: channel, ...more})), refused('You are muted in this room', 'forbidden'));
  assert.deepEqual((await bob.history(channel)).map(({content}) => content), ['quiet, please']);
  await rest(ada, 'PATCH', `/api/channels/${channel}/members/${idOf(bob)}`, {role: 'member'});
  await bob.say(channel, 'thanks');
});

onEachTransport('moderators keep order among those below them', async server => {
  const {channel, people: [ada, bob, cleo]} = await server.talkers('ada', 'bob', 'cleo');
  const member = who => `/api/channels/${channel}/members/${idOf(who)}`;
  const {id} = await cleo.say(channel, 'spam');
  await rest(bob, 'PATCH', member(cleo), {role: 'banned'}, 403);
  await rest(ada, 'PATCH', member(bob), {role: 'moderator'});
  assert.equal((await bob.ask('delete_message', {messageId: id, channelId: channel})).ok, true);
  await rest(bob, 'PATCH', member(cleo), {role: 'muted'});
  await rest(bob, 'PATCH', member(cleo), {role: 'moderator'}, 403);
  await rest(bob, 'PATCH', member(ada), {role: 'muted'}, 403);
  await rest(bob, 'PATCH', member(bob), {role: 'owner'}, 403);
  await rest(bob, 'DELETE', member(ada), undefined, 403);
  await rest(bob, 'PATCH', `/api/channels/${channel}`, {name: 'mine'}, 403);
  await rest(bob, 'PATCH', member(cleo), {role: 'banned'});
  await rest(bob, 'DELETE', member(cleo), undefined, 204);
  await cleo.joinChannel(channel); // no longer banned
});

onEachTransport('the last owner stays', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const member = who => `/api/channels/${channel}/members/${idOf(who)}`;
  const {body} = await ada.api('POST', `/api/channels/${channel}/leave`);
  assert.equal(body.error.message, 'The last owner cannot go; make someone else an owner first');
  await rest(ada, 'PATCH', member(ada), {role: 'member'}, 409);
  await rest(ada, 'PATCH', member(bob), {role: 'owner'});
  const gone = await Promise.all([ada, bob].map(person => person.api('POST', `/api/channels/${channel}/leave`)));
  assert.deepEqual(gone.map(({status}) => status).sort(), [200, 409], 'one of them stays, however fast both are');
});

onEachTransport('a channel changes, and goes', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const shown = await rest(ada, 'PATCH', `/api/channels/${channel}`, {topic: 'cakes', visibility: 'private'});
  assert.deepEqual([shown.name, shown.topic, shown.visibility], ['general', 'cakes', 'private']);
  const {seq, ...changed} = await bob.hears('conversation:updated');
  assert.deepEqual(changed, {conversationId: channel, topic: 'cakes', visibility: 'private'});
  for (const body of [{}, {name: ''}, {name: 7}, {topic: 7}, {visibility: 'secret'}])
    await rest(ada, 'PATCH', `/api/channels/${channel}`, body, 400);
  const cleo = await server.visitor('cleo');
  await rest(cleo, 'POST', `/api/channels/${channel}/join`, undefined, 404);

  await rest(ada, 'DELETE', `/api/channels/${channel}`, undefined, 204);
  await bob.hears('conversation:deleted');
  for (const person of [ada, bob, cleo]) {
    await rest(person, 'GET', `/api/channels/${channel}`, undefined, 404);
    await rest(person, 'GET', `/api/messages?channelId=${channel}`, undefined, 404);
    assert.deepEqual(await rest(person, 'GET', '/api/channels'), []);
    assert.equal((await person.ask('join_channel', {channelId: channel})).error, 'Access denied to channel');
    assert.equal((await person.send(channel, 'anyone?')).ok, false);
  }
  await server.restart();
  await rest(ada, 'GET', `/api/channels/${channel}`, undefined, 404);
});

onEachTransport('members over REST', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const cleo = await server.visitor('cleo');
  const path = `/api/channels/${channel}/members`;
  assert.deepEqual(await rest(ada, 'POST', path, {userId: idOf(cleo), role: 'muted'}, 201), {userId: idOf(cleo), role: 'muted'});
  await rest(ada, 'POST', path, {userId: Number(idOf(cleo))}, 409);
  for (const [body, status] of [[{}, 400], [{userId: 'x'}, 400], [{userId: idOf(cleo), role: 'king'}, 400], [{userId: '999999'}, 404]])
    await rest(ada, 'POST', path, body, status);
  const byId = [[ada, 'owner'], [bob, 'member'], [cleo, 'muted']].sort(([a], [b]) => idOf(a) - idOf(b));
  assert.deepEqual(await rest(bob, 'GET', path), byId.map(([who, role]) => ({userId: idOf(who), role, name: who.name, image: null})));
  const {body} = await bob.api('GET', `${path}?limit=2`);
  assert.deepEqual(body.meta, {limit: 2, hasMore: true});
  const following = await rest(bob, 'GET', `${path}?limit=2&after=${body.data.at(-1).userId}`);
  assert.deepEqual(following.map(({userId}) => userId), [idOf(byId[2][0])]);
  await rest(bob, 'GET', `${path}?limit=0`, undefined, 400);
  await rest(bob, 'GET', `${path}?limit=101`, undefined, 400);
  await rest(ada, 'PATCH', `${path}/999999`, {role: 'member'}, 404);
  await rest(ada, 'PATCH', `${path}/${idOf(bob)}`, {}, 400);
  await rest(ada, 'DELETE', `${path}/999999`, undefined, 404);
});

onEachTransport('what is unread', async server => {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const unread = async person => (await rest(person, 'GET', '/api/channels')).map(({role, lastSeq, unread}) => [role, lastSeq, unread]);
  const said = [];
  for (const content of ['1', '2', '3'])
    said.push(await ada.say(channel, content));
  assert.deepEqual(await unread(ada), [['owner', 5, 0]]);
  assert.deepEqual(await unread(bob), [['member', 5, 3]]);
  await ada.ask('delete_message', {messageId: said[1].id, channelId: channel});
  assert.deepEqual(await unread(bob), [['member', 6, 2]]);
  const read = seq => rest(bob, 'PUT', `/api/channels/${channel}/read`, {seq});
  assert.equal((await read(said[0].seq)).unread, 1);
  assert.equal((await read(999)).unread, 0);
  assert.equal((await read(1)).unread, 0, 'a cursor never goes back');
  await ada.say(channel, '4');
  assert.deepEqual(await unread(bob), [['member', 7, 1]]);
  await bob.say(channel, 'who speaks has read');
  assert.deepEqual(await unread(bob), [['member', 8, 0]]);
  for (const seq of [undefined, null, -1, 'x', 1.5])
    await rest(bob, 'PUT', `/api/channels/${channel}/read`, {seq}, 400);
});

onEachTransport('pages of the past', async server => {
  const {channel, people: [ada]} = await server.talkers('ada');
  const said = [];
  for (let i = 1; i <= 23; ++i)
    said.push(await ada.say(channel, String(i)));
  const page = async (number, limit = 5) => {
    const {status, body} = await ada.api('GET', `/api/messages?channelId=${channel}&page=${number}&limit=${limit}`);
    assert.equal(status, 200);
    return [body.data.map(({content}) => Number(content)), body.meta];
  };
  const meta = (page, total, hasMore) => ({limit: 5, hasMore, page, total});
  assert.deepEqual(await page(1), [[19, 20, 21, 22, 23], meta(1, 23, true)]);
  assert.deepEqual(await page(5), [[1, 2, 3], meta(5, 23, false)]);
  assert.deepEqual(await page(6), [[], meta(6, 23, false)]);
  for (const gone of [23, 21, 20, 17, 16, 1])
    await ada.ask('delete_message', {messageId: said[gone - 1].id, channelId: channel});
  assert.deepEqual(await page(1), [[14, 15, 18, 19, 22], meta(1, 17, true)]);
  assert.deepEqual(await page(2), [[9, 10, 11, 12, 13], meta(2, 17, true)]);
  assert.deepEqual(await page(4), [[2, 3], meta(4, 17, false)]);
  const {body} = await ada.api('GET', `/api/messages?channelId=${channel}`);
  assert.deepEqual([body.data.length, body.meta], [17, {limit: 50, hasMore: false, page: 1, total: 17}]);
  for (const query of ['page=0', 'page=-1', 'page=x', 'page=1&after=2', 'page=1&before=2', 'page=1&limit=101'])
    assert.equal((await ada.api('GET', `/api/messages?channelId=${channel}&${query}`)).status, 400, query);
  assert.equal((await ada.api('GET', `/api/messages?channelId=${channel}&page=9007199254740993`)).body.data.length, 0);
});
