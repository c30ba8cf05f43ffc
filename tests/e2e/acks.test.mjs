// Acknowledgements both ways, of one socket and of many, with every client.

import assert from 'node:assert/strict';
import {json, matrix, old, packed} from './clients.mjs';

const current = {kinds: [json, packed]};
const everything = [Buffer.from('one'), {two: Buffer.from([0, 255, 128]), nested: [{three: Buffer.alloc(100_000, 7)}]}, 'four', 5, null, true, -1.5, 'ü😀'];

matrix('the server acknowledges', async (t, place) => {
  await place.start();
  const client = await place.client();
  assert.deepEqual(await client.asks('message-with-ack'), []);
  assert.deepEqual(await client.asks('message-with-ack', 1, '2', {3: [true]}), [1, '2', {3: [true]}]);
  assert.deepEqual(await client.asks('message-with-ack', ...everything), everything);
  assert.deepEqual(await client.asks('echo', null), [null]);
});

matrix('acknowledgements find their questions', async (t, place) => {
  await place.start();
  const client = await place.client();
  const questions = Array.from({length: 300}, (_, n) => n % 3 ? n : Buffer.from(String(n)));
  assert.deepEqual(await Promise.all(questions.map(question => client.ask('echo', question))), questions);
});

matrix('the client acknowledges', async (t, place) => {
  await place.start();
  const client = await place.client();
  client.socket.on('question', (...rest) => rest.pop()(...rest.reverse()));
  for (const args of [[], ['text'], [null], everything]) {
    client.emit('ask-in', 20_000, ...args);
    assert.deepEqual(await client.hears('answer'), [...args].reverse());
  }
});

matrix('whoever does not acknowledge is given up, and comes too late', async (t, place) => {
  await place.start();
  const client = await place.client();
  let answer;
  client.socket.on('question', (...rest) => { answer = rest.pop(); });
  client.emit('ask', 'are you there?');
  assert.deepEqual(await client.hears('answer'), ['operation has timed out']);
  answer('now I am');
  await client.settle();
  assert.equal(client.all('answer').length, 1);
});

matrix('only the first acknowledgement counts', async (t, place) => {
  await place.start();
  const client = await place.client();
  client.socket.on('question', (n, answer) => {
    answer(n);
    answer(n + 1);
  });
  client.emit('ask-in', 20_000, 1);
  assert.deepEqual(await client.hears('answer'), [1]);
  client.emit('ask-in', 20_000, 5);
  assert.deepEqual(await client.hears('answer'), [5]);
});

matrix('the client gives up, too', async (t, place) => {
  await place.start();
  const client = await place.client();
  await assert.rejects(client.socket.timeout(50).emitWithAck('unknown'), /operation has timed out/);
  assert.equal(await client.socket.timeout(20_000).emitWithAck('echo', 'known'), 'known');
}, current);

matrix('a connection that ends takes its questions along', async (t, place) => {
  await place.start();
  const client = await place.client();
  client.emit('drop-me');
  await assert.rejects(client.socket.emitWithAck('unknown'), /socket has been disconnected/);
}, current);

matrix('many are asked', async (t, place) => {
  await place.start();
  const [asker, ...others] = await place.clients(4);
  await Promise.all(others.slice(0, 2).map(client => client.ask('join', 'here')));
  for (const [n, client] of others.entries())
    client.socket.on('question', (text, answer) => answer(Buffer.from(`${text} ${n}`)));
  const sorted = answers => answers.map(String).sort();

  const [error, answers] = await asker.asks('ask-all', {rooms: ['here'], timeout_ms: 20_000}, 'question', 'who?');
  assert.equal(error, null);
  assert.deepEqual(sorted(answers), ['who? 0', 'who? 1']);
  const [, all] = await asker.asks('ask-all', {others: true, timeout_ms: 20_000}, 'question', 'and');
  assert.deepEqual(sorted(all), ['and 0', 'and 1', 'and 2']);
  assert.deepEqual(await asker.asks('ask-all', {rooms: ['nobody'], timeout_ms: 20_000}, 'question', 'who?'), [null, []]);
  assert.equal(asker.all('question').length, 0);
});

matrix('of many that are asked some are silent', async (t, place) => {
  await place.start();
  const [asker, silent, talker] = await place.clients(3);
  talker.socket.on('question', answer => answer('me'));
  assert.deepEqual(await asker.asks('ask-all', {others: true, timeout_ms: 200}, 'question'), ['operation has timed out', ['me']]);
  assert.deepEqual(silent.all('question'), [[]]);
});

matrix('events that are repeated until they are acknowledged come once', async (t, place) => {
  await place.start();
  const client = await place.client('/', {retries: 3, ackTimeout: 20_000});
  for (let n = 0; n < 20; ++n)
    client.emit('back', 'n', n);
  await client.until('all', () => client.all('n').length === 20);
  await client.settle();
  assert.deepEqual(client.all('n').map(([n]) => n), Array.from({length: 20}, (_, n) => n));
}, current);

matrix('an event with an acknowledgement that client 2 did not wait for', async (t, place) => {
  await place.start();
  const client = await place.client();
  client.emit('message-with-ack', 1);
  assert.equal(await client.ask('echo', 'next'), 'next');
}, {kinds: [old]});
