// Who comes back with `after` gets exactly what they missed.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

/** n messages, one after the other; gives what they said. */
async function sayMany(person, channel, n) {
  const contents = Array.from({length: n}, (_, i) => `message ${i}`);
  await Promise.all(contents.map(content => person.say(channel, content)));
  return contents;
}

/** What a join says was missed must be what those who stayed heard, in the same words. */
function assertMissed({missed}, seq, heard) {
  assert.deepEqual(missed, heard.map((data, i) => ({seq: seq + 1 + i, event: 'new_message', data})));
}

for (const {n, why} of [{n: 0, why: 'nothing'}, {n: 5, why: 'what the room has in memory'}, {n: 33, why: 'one more than the room has in memory'},
                        {n: 200, why: 'much more than the room has in memory'}])
  test(`who was away gets ${why}: ${n} messages`, async t => {
    const server = await startServer(t);
    const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
    const {seq} = await bob.listen(channel);
    bob.leave();
    const contents = await sayMany(ada, channel, n);

    await bob.connect();
    const back = await bob.listen(channel, seq);
    await ada.until('all of it', () => ada.contents().length === n);
    assert.deepEqual(ada.contents(), contents);
    assertMissed(back, seq, ada.all('new_message'));
    assert.equal(back.seq, seq + n);
    assert.equal(back.hasMore, false);

    await ada.say(channel, 'live');
    await bob.hears('new_message', ({content}) => content === 'live');
    assert.deepEqual(bob.contents(), ['live'], 'what was missed comes in the answer only');
  });

/** Joins until there is no more, each time with the seq of the last of what came; gives all that was missed. */
async function catchUp(person, channel, after) {
  const all = [];
  for (;;) {
    const {missed, hasMore} = await person.listen(channel, after);
    all.push(...missed);
    if (!hasMore)
      return all;
    assert.ok(missed.length > 0, 'there is something to go on from');
    after = missed.at(-1).seq;
  }
}

test('more than limits.missed_max comes with further joins, edits, deletions and reactions too', async t => {
  const server = await startServer(t, '--limits.missed_max=20');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {seq} = await bob.listen(channel);
  bob.leave();
  const said = [];
  for (let n = 0; n < 40; ++n)
    said.push(await ada.say(channel, `message ${n}`));
  for (const {id} of said.slice(0, 10))
    assert.ok((await ada.ask('edit_message', {channelId: channel, messageId: id, content: 'edited'})).ok);
  for (const {id} of said.slice(5, 10))
    assert.ok((await ada.ask('add_reaction', {channelId: channel, messageId: id, emoji: '+'})).ok);
  for (const {id} of said.slice(10, 35))
    assert.ok((await ada.ask('delete_message', {channelId: channel, messageId: id})).ok);

  await bob.connect();
  const all = await catchUp(bob, channel, seq);
  const count = {};
  for (const {event} of all)
    count[event] = (count[event] ?? 0) + 1;
  assert.deepEqual(Object.values(count), [15, 10, 5, 25], JSON.stringify(count));
  const seqs = all.map(one => one.seq);
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  assert.equal(seqs.at(-1), seq + 80);
});

test('messages that are all deleted since are no dead end', async t => {
  const server = await startServer(t, '--limits.missed_max=10', '--limits.tail_operations=0');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {seq} = await bob.listen(channel);
  bob.leave();
  const said = [];
  for (let n = 0; n < 35; ++n)
    said.push(await ada.say(channel, `message ${n}`));
  for (const {id} of said)
    assert.ok((await ada.ask('delete_message', {channelId: channel, messageId: id})).ok);
  await ada.say(channel, 'the last');
  await bob.connect();
  const all = await catchUp(bob, channel, seq);
  assert.equal(all.length, 36);
  assert.equal(all.at(-1).data.content, 'the last');
});

test('who has missed many bytes gets them in pieces that fit', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {seq} = await bob.listen(channel);
  bob.leave();
  const text = 'x'.repeat(4000);
  for (let n = 0; n < 400; ++n)
    await ada.say(channel, text);
  await bob.connect();
  const all = await catchUp(bob, channel, seq);
  assert.equal(all.length, 400);
  assert.equal(bob.all('(disconnected)').length, 1, 'only when it left');
});

test('exactly limits.missed_max is no more', async t => {
  const server = await startServer(t, '--limits.missed_max=50');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {seq} = await bob.listen(channel);
  await sayMany(ada, channel, 50);
  const again = await bob.listen(channel, seq);
  assert.equal(again.missed.length, 50);
  assert.equal(again.hasMore, false);
});

test('joining without `after` gives no messages, and with the latest seq none either', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {seq} = await ada.say(channel, 'before');
  assert.deepEqual((await bob.listen(channel)).missed, []);
  assert.deepEqual((await bob.listen(channel, seq)).missed, []);
  assert.equal((await bob.listen(channel, seq)).seq, seq);
});

test('coming and going while others talk, one hears everything once and in order', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  let {seq} = await bob.listen(channel);
  const first = seq + 1, known = [], rounds = 15;

  let talking = true;
  const talk = (async () => {
    let n = 0;
    while (talking)
      await Promise.all(Array.from({length: 20}, () => ada.say(channel, `message ${n++}`)));
    return n;
  })();
  for (let round = 0; round < rounds; ++round) {
    const from = bob.heard.length;
    await bob.until('a few live ones', heard => heard.slice(from).filter(({event}) => event === 'new_message').length >= 10);
    bob.leave();
    known.push(...bob.heard.slice(from).filter(({event}) => event === 'new_message').map(({data}) => data.seq));
    await bob.connect();
    // between two joins everything is in one of the two answers or in what was heard live
    const back = await bob.listen(channel, known.at(-1));
    known.push(...back.missed.map(one => one.seq));
    const live = bob.heard.slice(bob.heard.findLastIndex(({event}) => event === 'joined_channel'));
    known.push(...live.filter(({event}) => event === 'new_message').map(({data}) => data.seq));
    assert.equal(back.hasMore, false);
  }
  talking = false;
  const total = await talk;
  await bob.until('the last one', () => Math.max(...bob.all('new_message').map(message => message.seq)) === first + total - 1);
  const heard = new Set([...known, ...bob.all('new_message').map(message => message.seq)]);
  assert.equal(heard.size, total);
  assert.deepEqual(known, [...known].sort((a, b) => a - b), 'in order');
  assert.equal(new Set(known).size, known.length, 'once');
});
