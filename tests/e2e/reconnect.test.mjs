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

test('more than limits.missed_max comes in pages over REST', async t => {
  const server = await startServer(t, '--limits.missed_max=50');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {seq} = await bob.listen(channel);
  bob.leave();
  const contents = await sayMany(ada, channel, 120);

  await bob.connect();
  const back = await bob.listen(channel, seq);
  assert.equal(back.hasMore, true);
  assert.equal(back.missed.length, 50);
  const rest = await bob.history(channel, back.missed.at(-1).seq, 30);
  const all = [...back.missed.map(({data}) => data), ...rest];
  assert.deepEqual(all.map(({content}) => content), contents);
  assert.deepEqual(all.map(message => message.seq), contents.map((_, i) => seq + 1 + i));
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
