// The examples do what they show.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {io} from 'socket.io-client';

import {binary, test} from './server.mjs';

/** Starts a program of examples/ for the test `t`; gives what connects a client to it. */
async function start(t, name) {
  const program = spawn(join(dirname(binary), name), ['0'], {stdio: ['ignore', 'pipe', 'inherit']});
  const exit = once(program, 'exit');
  const clients = [];
  t.after(async () => {
    for (const client of clients)
      client.disconnect();
    program.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
  });
  const [line] = await once(createInterface({input: program.stdout}), 'line');
  const {port} = JSON.parse(line.slice('ready '.length));
  return (namespace, options = {}) => {
    const client = io(`http://127.0.0.1:${port}${namespace}`, {transports: ['websocket'], forceNew: true, reconnection: false, ...options});
    client.heard = [];
    client.onAny((...event) => client.heard.push(event));
    clients.push(client);
    return client;
  };
}

for (const transports of [['websocket'], ['polling']])
  test(`echo: events and their acknowledgements come back over ${transports}`, async t => {
    const client = (await start(t, 'echo'))('/', {transports});
    const said = [1, 'two', {three: [null, true, Buffer.from([0, 255])]}];
    const back = once(client, 'hello');
    client.emit('hello', ...said);
    assert.deepEqual(await back, said);
    const answer = await new Promise(resolve => client.emit('again', ...said, (...args) => resolve(args)));
    assert.deepEqual(answer, said);
    assert.deepEqual(client.heard, [['hello', ...said], ['again', ...said]]);
  });

test('chat: a name is wanted', async t => {
  const connect = await start(t, 'chat');
  for (const auth of [{}, {name: 7}, {nick: 'ada'}]) {
    const [why] = await once(connect('/chat', {auth}), 'connect_error');
    assert.equal(why.message, 'a name is wanted');
  }
});

test('chat: who joins, talks, types and leaves', async t => {
  const connect = await start(t, 'chat');
  const ada = connect('/chat', {auth: {name: 'ada'}}), bob = connect('/chat', {auth: {name: 'bob'}}), eve = connect('/chat', {auth: {name: 'eve'}});
  assert.deepEqual(await ada.emitWithAck('join', 'kitchen'), ['ada']);
  assert.deepEqual((await bob.emitWithAck('join', 'kitchen')).sort(), ['ada', 'bob']);
  assert.deepEqual(await eve.emitWithAck('join', 'garden'), ['eve']);

  const typing = once(ada, 'typing'), message = once(ada, 'message');
  bob.emit('typing', 'kitchen');
  bob.emit('message', 'kitchen', 'tea?');
  assert.deepEqual(await typing, ['kitchen', 'bob']);
  assert.deepEqual(await message, ['kitchen', 'bob', 'tea?']);
  await bob.emitWithAck('join', 'kitchen'); // again, so that whatever he could have heard of himself has arrived

  const left = [once(ada, 'left'), once(eve, 'left')];
  bob.disconnect();
  for (const heard of left)
    assert.deepEqual(await heard, ['bob', 'client namespace disconnect']);
  const joined = ['joined', 'kitchen', 'bob'];
  assert.deepEqual(ada.heard, [joined, ['typing', 'kitchen', 'bob'], ['message', 'kitchen', 'bob', 'tea?'], joined, ['left', 'bob', 'client namespace disconnect']]);
  assert.deepEqual(bob.heard, []);
  assert.deepEqual(eve.heard, [['left', 'bob', 'client namespace disconnect']], 'who is in another room hears only who leaves');
});
