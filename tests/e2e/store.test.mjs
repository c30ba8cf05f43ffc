// The database cannot commit: the sender learns of it, nobody hears anything, and it heals without a restart.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {lock} from './database.mjs';
import {newServer, startServer, test} from './server.mjs';

function assertFailed(answer) {
  assert.deepEqual({ok: answer.ok, error: answer.error, code: answer.code}, {ok: false, error: 'Failed to send message', code: 'unavailable'});
}

test('locked by another program', async t => {
  const server = await startServer(t, '--store.busy_timeout_ms=50');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const before = await ada.say(channel, 'before');

  const unlock = await lock(t, server.database);
  assertFailed(await ada.send(channel, 'during', {clientMessageId: 'm1'}));
  const payload = {content: 'during, no ack', channelId: channel, clientMessageId: 'm2'};
  ada.socket.emit('send_message', payload);
  const error = await ada.hears('error');
  assert.deepEqual({message: error.message, code: error.code, event: error.event, data: error.data, clientMessageId: error.clientMessageId},
                   {message: 'Failed to send message', code: 'unavailable', event: 'send_message', data: payload, clientMessageId: 'm2'});
  const several = await Promise.all(Array.from({length: 20}, (_, n) => ada.send(channel, `during ${n}`)));
  several.forEach(assertFailed);
  assert.deepEqual((await bob.history(channel)).map(({content}) => content), ['before'], 'reading goes on');
  await unlock();

  const retried = await ada.say(channel, 'during', {clientMessageId: 'm1'});
  assert.equal(retried.seq, before.seq + 1, 'what failed has used up no seq');
  await ada.say(channel, 'during, no ack', {clientMessageId: 'm2'});
  await ada.say(channel, 'after');
  await bob.hears('new_message', ({content}) => content === 'after');
  assert.deepEqual(bob.contents(), ['before', 'during', 'during, no ack', 'after'], 'nothing is heard that was not stored');
  assert.deepEqual((await bob.history(channel)).map(({content}) => content), bob.contents());
});

test('locked while a channel is made and joined', async t => {
  const server = await startServer(t, '--store.busy_timeout_ms=50');
  const {channel} = await server.talkers('ada');
  const bob = await server.visitor('bob');
  const unlock = await lock(t, server.database);
  assert.equal((await bob.api('POST', '/api/channels', {name: 'x', visibility: 'public'})).status, 503);
  assert.equal((await bob.api('POST', `/api/channels/${channel}/join`)).status, 503);
  await unlock();
  await bob.joinChannel(channel);
  await bob.listen(channel);
});

test('locked for a moment only: the sender waits', async t => {
  const server = await startServer(t, '--store.busy_timeout_ms=60000');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const unlock = await lock(t, server.database);
  const said = ada.say(channel, 'patience');
  assert.deepEqual(await bob.history(channel), [], 'reading goes on');
  assert.deepEqual(bob.contents(), []);
  await unlock();
  await said;
  await bob.hears('new_message');
});

test('the disk is full', async t => {
  const server = newServer(t);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', server.directory], {stdio: 'ignore'});
  } catch {
    return t.skip('needs the right to mount a small file system');
  }
  try {
    await server.start();
    await fillAndEmpty(server);
    await server.stop();
  } finally {
    execFileSync('umount', ['--lazy', server.directory]);
  }
});

async function fillAndEmpty(server) {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const ballast = join(server.directory, 'ballast');
  assert.throws(() => writeFileSync(ballast, Buffer.alloc(16 * 1024 * 1024)), {code: 'ENOSPC'});

  const content = n => `${n} ${'x'.repeat(60_000)}`, say = n => ada.send(channel, content(n), {clientMessageId: `m${n}`});
  const stored = [];
  let ack;
  while ((ack = await say(stored.length)).ok) // SQLite's log has room for a few
    stored.push(content(stored.length));
  assertFailed(ack);
  assertFailed(await say(stored.length));
  assert.deepEqual((await bob.history(channel)).map(one => one.content), stored, 'reading goes on');

  rmSync(ballast);
  assert.equal((await say(stored.length)).ok, true, 'it heals without a restart');
  await bob.until('what was refused', () => bob.contents().length > stored.length);
  assert.deepEqual(bob.contents(), [...stored, content(stored.length)]);
  assert.equal(execFileSync('sqlite3', [server.database, 'PRAGMA integrity_check'], {encoding: 'utf8'}), 'ok\n');
}
