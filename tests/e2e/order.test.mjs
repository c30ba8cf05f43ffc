// Everyone hears the same messages in the same order.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

test('50 clients hear 5 senders in the same order, without a gap', async t => {
  const server = await startServer(t);
  const {channel, people} = await server.talkers(...Array.from({length: 50}, (_, i) => `person ${i}`));
  const senders = people.slice(0, 5), each = 40, total = senders.length * each;
  const {seq} = await people[0].listen(channel);

  const acks = await Promise.all(senders.flatMap(sender => Array.from({length: each}, (_, n) => sender.say(channel, `${sender.name}: ${n}`))));
  for (const person of people)
    await person.until('all messages', () => person.all('new_message').length >= total);

  const order = people[0].all('new_message').map(({id}) => id);
  assert.deepEqual(new Set(order), new Set(acks.map(({id}) => id)));
  for (const person of people) {
    await person.settle(channel);
    assert.deepEqual(person.all('new_message').map(({id}) => id), order, person.name);
  }
  assert.deepEqual(people[0].all('new_message').map(message => message.seq), order.map((_, i) => seq + 1 + i));
  for (const sender of senders)
    assert.deepEqual(people[49].contents().filter(content => content.startsWith(`${sender.name}: `)),
                     Array.from({length: each}, (_, n) => `${sender.name}: ${n}`), 'as each sender said it');

  const {missed} = await people[49].listen(channel, seq);
  assert.deepEqual(missed.map(({data}) => data.id), order, 'and so does who comes later');
  assert.deepEqual((await people[49].history(channel)).map(({id}) => id), order);
});

test('rooms do not hear each other', async t => {
  const server = await startServer(t);
  const {channel: one, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {channel: other, people: [eve, dan]} = await server.talkers('eve', 'dan');
  await Promise.all(Array.from({length: 50}, (_, n) => [ada.say(one, `one ${n}`), eve.say(other, `other ${n}`)]).flat());
  await bob.until('all', () => bob.contents().length === 50);
  await dan.until('all', () => dan.contents().length === 50);
  await bob.settle(one);
  assert.ok(bob.contents().every(content => content.startsWith('one ')));
  assert.ok(dan.contents().every(content => content.startsWith('other ')));
});
