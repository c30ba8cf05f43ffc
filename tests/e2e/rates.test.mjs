// Rates belong to the user, not to the socket.

import assert from 'node:assert/strict';
import {startServer, test} from './server.mjs';

test('the rate of messages survives reconnecting and is shared by all devices', async t => {
  const server = await startServer(t, '--limits.rate.messages=30'); // five at once
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  for (let i = 0; i < 5; ++i)
    await ada.say(channel, `message ${i}`);
  const expectRefusal = ack => {
    assert.deepEqual({...ack, retryAfter: 0}, {ok: false, error: 'Rate limit exceeded. Please slow down.', code: 'rate_limited', retryAfter: 0});
    assert.ok(ack.retryAfter > 0 && ack.retryAfter <= 2000, `${ack.retryAfter}`);
  };
  expectRefusal(await ada.send(channel, 'too fast'));
  ada.leave();
  await ada.connect();
  expectRefusal(await ada.send(channel, 'from a new socket'));
  const phone = await server.visitor('ada');
  expectRefusal(await phone.send(channel, 'from another device'));
  await bob.say(channel, 'bob has a rate of his own');
  phone.socket.emit('send_message', {channelId: channel, content: 'kept', clientMessageId: 'k'});
  const error = await phone.hears('error');
  assert.equal(error.event, 'send_message');
  assert.equal(error.clientMessageId, 'k');
  assert.deepEqual(error.data, {channelId: channel, content: 'kept', clientMessageId: 'k'}, 'what was refused, to try again');
});

test('joins, questions, requests and everything together have rates, too', async t => {
  const server = await startServer(t, '--limits.rate.joins=12', '--limits.rate.queries=12', '--limits.rate.requests=12', '--limits.rate.reads=12',
                                   '--limits.rate.events=120');
  const ada = await server.visitor('ada');
  const codes = async (event, data) => {
    const seen = [];
    for (let i = 0; i < 3; ++i)
      seen.push((await ada.ask(event, data))?.code);
    return seen;
  };
  assert.deepEqual(await codes('join_channel', {channelId: '1'}), ['not_found', 'not_found', 'rate_limited']);
  assert.deepEqual(await codes('user:get-status', 1), [undefined, undefined, 'rate_limited']);
  const statuses = [];
  for (let i = 0; i < 3; ++i)
    statuses.push((await ada.api('POST', '/api/channels', {name: 'x', visibility: 'public'})).status);
  assert.deepEqual(statuses, [201, 201, 429]);
  statuses.length = 0;
  for (let i = 0; i < 3; ++i)
    statuses.push((await ada.api('GET', '/api/channels')).status);
  assert.deepEqual(statuses, [200, 200, 429], 'reading is counted apart');
  const junk = [];
  for (let i = 0; i < 20; ++i)
    junk.push((await ada.ask('no such event')).code);
  assert.ok(junk.includes('unknown_event') && junk.at(-1) === 'rate_limited');
});

test('an address may not connect more often than limits.rate.connects', async t => {
  const server = await startServer(t, '--limits.rate.connects=12');
  await Promise.all(['ada', 'bob'].map(name => server.visitor(name)));
  const eve = server.person('eve');
  eve.connect().catch(() => {});
  const error = await new Promise(resolve => eve.socket.once('connect_error', resolve));
  assert.equal(error.message, 'Rate limit exceeded. Please slow down.');
  assert.ok(error.data.retryAfter > 0);
});

test('behind a trusted proxy, rates are those of the clients', async t => {
  const server = await startServer(t, '--limits.rate.logins=6', '--server.trusted_proxies=127.0.0.1');
  const logIn = async from => (await fetch(`${server.url}/api/auth/local`, {
    method: 'POST', headers: {'content-type': 'application/json', 'x-forwarded-for': from},
    body: JSON.stringify({identifier: 'nobody', password: 'whatever it is'}),
  })).status;
  assert.deepEqual([await logIn('198.51.100.1'), await logIn('198.51.100.1'), await logIn('203.0.113.9, 198.51.100.1')], [401, 429, 429]);
  assert.equal(await logIn('198.51.100.2'), 401);
});
