// A retry with the same clientMessageId is the same message.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

/** Fails unless the channel holds just these, each heard once by each. */
async function assertSaid(people, channel, contents) {
  for (const person of people) {
    await person.settle(channel);
    assert.deepEqual(person.contents(), contents, person.name);
  }
  assert.deepEqual((await people[0].history(channel)).map(({content}) => content), contents);
}

test('a retry is answered as the first try was, and nobody hears it', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const first = await ada.say(channel, 'once', {clientMessageId: 'm1'});
  assert.deepEqual(await ada.say(channel, 'once', {clientMessageId: 'm1'}), first);
  const last = await ada.say(channel, 'last', {clientMessageId: 'm2'});
  assert.equal(last.seq, first.seq + 1, 'a retry uses up no seq');
  await bob.hears('new_message', ({content}) => content === 'last');
  await assertSaid([ada, bob], channel, ['once', 'last']);
});

test('ten tries at the same time are one message', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const acks = await Promise.all(Array.from({length: 10}, () => ada.say(channel, 'once', {clientMessageId: 'm1'})));
  assert.equal(new Set(acks.map(({id}) => id)).size, 1);
  await ada.say(channel, 'last');
  await bob.hears('new_message', ({content}) => content === 'last');
  await assertSaid([ada, bob], channel, ['once', 'last']);
});

test('a retry over another connection of the same person is the same message', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const first = await ada.say(channel, 'once', {clientMessageId: 'm1'});
  ada.leave();
  await ada.connect();
  await ada.listen(channel);
  assert.equal((await ada.say(channel, 'once', {clientMessageId: 'm1'})).id, first.id);
  await ada.say(channel, 'last');
  await bob.hears('new_message', ({content}) => content === 'last');
  assert.deepEqual(bob.contents(), ['once', 'last']);
});

for (const how of ['restart', 'kill -9'])
  test(`a retry after ${how} is the same message`, async t => {
    const server = await startServer(t);
    const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
    const first = await ada.say(channel, 'once', {clientMessageId: 'm1'});
    await bob.hears('new_message');
    if (how === 'restart')
      await server.restart();
    else {
      await server.kill9();
      await server.start();
    }
    for (const person of [ada, bob]) {
      await person.until('a second greeting', () => person.all('authenticated').length === 2);
      await person.listen(channel);
    }
    const again = await ada.say(channel, 'once', {clientMessageId: 'm1'});
    assert.deepEqual({id: again.id, seq: again.seq}, {id: first.id, seq: first.seq});
    await ada.say(channel, 'last');
    await bob.hears('new_message', ({content}) => content === 'last');
    assert.deepEqual(bob.contents(), ['once', 'last']);
    assert.deepEqual((await bob.history(channel)).map(({content}) => content), ['once', 'last']);
  });

test('other content under the same id is refused', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await ada.say(channel, 'once', {clientMessageId: 'm1'});
  const reused = await ada.send(channel, 'something else', {clientMessageId: 'm1'});
  assert.deepEqual({ok: reused.ok, error: reused.error, code: reused.code}, {ok: false, error: 'clientMessageId reused', code: 'id_reused'});
  await ada.say(channel, 'last');
  await bob.hears('new_message', ({content}) => content === 'last');
  await assertSaid([ada, bob], channel, ['once', 'last']);
});

test('the id belongs to its author and its channel', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const other = await ada.createChannel();
  const said = [await ada.say(channel, 'ada here', {clientMessageId: 'm1'}), await bob.say(channel, 'bob here', {clientMessageId: 'm1'}),
                await ada.say(other, 'ada there', {clientMessageId: 'm1'})];
  assert.equal(new Set(said.map(({id}) => id)).size, 3);
});
