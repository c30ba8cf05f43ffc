// Bad input gets a clear error or a closed connection, and nobody else notices.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {io} from 'socket.io-client';
import WebSocket from 'ws';
import {metrics} from './metrics.mjs';
import {startServer, test} from './server.mjs';

const nested = depth => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** Two people talk for as long as `body` runs; every message arrives, in order, and neither sees an error or a break. */
async function whileOthersTalk(server, body) {
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  let talking = true;
  const talk = (async () => {
    const contents = [];
    while (talking) {
      contents.push(`message ${contents.length}`);
      await ada.say(channel, contents.at(-1));
    }
    return contents;
  })();
  try {
    await body(channel, bob);
  } finally {
    talking = false;
  }
  const contents = await talk;
  await bob.until('the last message', () => bob.contents().length === contents.length);
  assert.deepEqual(bob.contents(), contents);
  for (const person of [ada, bob])
    assert.deepEqual([...person.all('error'), ...person.all('(disconnected)')], [], person.name);
}

test('half a surrogate pair, as a text has that was cut in the middle of one, arrives as U+FFFD', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await ada.say(channel, 'cut 👋'.slice(0, -1));
  await ada.say(channel, 'whole 👋');
  await bob.until('both', () => bob.contents().length === 2);
  assert.deepEqual(bob.contents(), ['cut \ufffd', 'whole 👋']);
});

test('events with bad payloads', async t => {
  const server = await startServer(t, '--limits.message_bytes_max=1000');
  await whileOthersTalk(server, async channel => {
    const eve = await server.visitor('eve');
    await eve.joinChannel(channel);
    const table = [
      ['send_message', [], 'bad_request'],
      ['send_message', [null], 'bad_request'],
      ['send_message', ['text'], 'bad_request'],
      ['send_message', [42], 'bad_request'],
      ['send_message', [[]], 'bad_request'],
      ['send_message', [{}], 'bad_request'],
      ['send_message', [{channelId: channel}], 'bad_request'],
      ['send_message', [{content: 'no channel'}], 'bad_request'],
      ['send_message', [{channelId: channel, content: null}], 'bad_request'],
      ['send_message', [{channelId: channel, content: 42}], 'bad_request'],
      ['send_message', [{channelId: channel, content: ['a']}], 'bad_request'],
      ['send_message', [{channelId: channel, content: ''}], 'bad_request'],
      ['send_message', [{channelId: {}, content: 'a'}], 'bad_request'],
      ['send_message', [{channelId: -1, content: 'a'}], 'bad_request'],
      ['send_message', [{channelId: 1.5, content: 'a'}], 'bad_request'],
      ['send_message', [{channelId: 1e300, content: 'a'}], 'bad_request'],
      ['send_message', [{channelId: `${channel}' OR 1=1 --`, content: 'a'}], 'bad_request'],
      ['send_message', [{channelId: channel, content: 'a', replyToId: {}}], 'bad_request'],
      ['send_message', [{channelId: channel, content: 'a', clientMessageId: 7}], 'bad_request'],
      ['send_message', [{channelId: channel, content: 'a', clientMessageId: 'x'.repeat(1000)}], 'bad_request'],
      ['send_message', [{channelId: channel, content: 'x'.repeat(1001)}], 'too_large'],
      ['send_message', [{channelId: channel, content: 'ü'.repeat(501)}], 'too_large'],
      ['join_channel', [], 'bad_request'],
      ['join_channel', [channel], 'bad_request'],
      ['join_channel', [{}], 'bad_request'],
      ['join_channel', [{channelId: null}], 'bad_request'],
      ['join_channel', [{channelId: channel, after: -1}], 'bad_request'],
      ['join_channel', [{channelId: channel, after: 'yesterday'}], 'bad_request'],
      ['join_channel', [{channelId: channel, after: 1.5}], 'bad_request'],
      ['join_channel', [{channelId: channel, after: {}}], 'bad_request'],
      ['leave_channel', [{channelId: channel}], 'not_found'],
      ['send_message', [{channelId: channel, content: 'a', attachments: {}}], 'bad_request'],
      ['send_message', [{channelId: channel, content: 'a', attachments: [{id: '1'}]}], 'attachment_not_found'],
      ['send_message', [{channelId: channel, content: 'a', replyToId: '999999'}], 'message_not_found'],
      ['edit_message', [{channelId: channel, content: 'a'}], 'bad_request'],
      ['edit_message', [{channelId: channel, messageId: '1', content: ['a']}], 'bad_request'],
      ['edit_message', [{channelId: channel, messageId: '1', content: 'a', clientOpId: {}}], 'bad_request'],
      ['edit_message', [{channelId: channel, messageId: '1', content: 'x'.repeat(1001)}], 'too_large'],
      ['edit_message', [{channelId: channel, messageId: '999999', content: 'a'}], 'message_not_found'],
      ['delete_message', [{channelId: channel, messageId: -1}], 'bad_request'],
      ['delete_message', [{channelId: channel, messageId: channel}], 'message_not_found'],
      ['add_reaction', [{channelId: channel, messageId: '1'}], 'bad_request'],
      ['add_reaction', [{channelId: channel, messageId: '1', emoji: '👍'.repeat(17)}], 'bad_request'],
      ['add_reaction', [{channelId: channel, messageId: '999999', emoji: '👍'}], 'message_not_found'],
      ['remove_reaction', [{channelId: channel, messageId: '999999', emoji: '👍'}], 'message_not_found'],
      ['typing_start', [{}], 'bad_request'],
      ['typing_start', [{channelId: '999999'}], 'not_found'],
      ['typing_stop', [channel], 'bad_request'],
      ['no_such_event', [], 'unknown_event'],
      ['no_such_event', [{channelId: channel}], 'unknown_event'],
      ['', [], 'unknown_event'],
      ['__proto__', [], 'unknown_event'],
      ['x'.repeat(10_000), [], 'unknown_event'],
    ];
    const before = await metrics(server);
    for (const [event, args, code] of table) {
      const what = `${event.slice(0, 40)} ${JSON.stringify(args).slice(0, 80)}`;
      const ack = await eve.ask(event, ...args);
      assert.deepEqual({ok: ack.ok, code: ack.code}, {ok: false, code}, what);
      assert.ok(typeof ack.error === 'string' && ack.error.length > 0 && ack.error.length < 200, what);
      const already = eve.all('error').length;
      eve.socket.emit(event, ...args);
      await eve.until(`error for ${what}`, () => eve.all('error').length > already);
      const error = eve.all('error').at(-1);
      assert.equal(error.code, code, what);
      assert.equal(error.message, ack.error, what);
      assert.equal(error.event.slice(0, 64), event.slice(0, 64), what);
    }
    const after = await metrics(server);
    for (const code of new Set(table.map(row => row[2]))) {
      const series = `stentor_errors_total{code="${code}"}`;
      assert.equal(after[series] - (before[series] ?? 0), 2 * table.filter(row => row[2] === code).length, `${code} is counted, each once`);
    }
    assert.equal((await eve.ask('send_message', {channelId: channel, content: 42})).error, 'Invalid message data');
    assert.deepEqual(eve.all('(disconnected)'), []);
  });
});

test('unknown keys are ignored and never stored', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await ada.say(channel, 'plain', {userId: '999', user: {name: 'mallory'}, role: 'admin', extra: 'kept?'});
  const message = await bob.hears('new_message');
  assert.equal(message.user.name, 'ada', 'a name in a payload does not override the token\'s');
  assert.equal(JSON.stringify([message, await bob.history(channel)]).match(/mallory|999|kept/), null);
});

test('packets over the limits end their own connection only', async t => {
  const server = await startServer(t, '--socketio.max_payload_bytes=100000');
  await whileOthersTalk(server, async channel => {
    for (const [what, payload] of [['too large', {channelId: channel, content: 'x'.repeat(200_000)}],
                                   ['too deep', {channelId: channel, content: 'a', deep: nested(1000)}],
                                   ['too many values', {channelId: channel, content: 'a', wide: Array(20_000).fill(0)}]]) {
      const eve = await server.visitor('eve');
      const outcome = await eve.ask('send_message', payload).then(ack => ack.ok ? 'accepted' : 'refused', error => error.message);
      assert.ok(['refused', 'socket has been disconnected'].includes(outcome), `${what}: ${outcome}`);
      eve.leave();
    }
  });
});

test('tokens that are not good enough', async t => {
  const server = await startServer(t);
  const refusal = async auth => {
    const socket = io(server.url, {auth, transports: ['websocket'], forceNew: true, reconnection: false});
    t.after(() => socket.disconnect());
    const [error] = await Promise.race([once(socket, 'connect_error'),
                                        once(socket, 'connect').then(() => { throw new Error(`let in with ${JSON.stringify(auth)}`); })]);
    return error;
  };
  const spoilt = {
    expired: ({claims}) => { claims.exp = claims.iat - 10; },
    'without exp': ({claims}) => { delete claims.exp; },
    'of a later day': ({claims}) => { claims.nbf = claims.iat + 1000; },
    'of another secret': parts => { parts.secret = 'another secret of 32 bytes or more'; },
    'without an algorithm': ({header}) => { header.alg = 'none'; },
    'of another algorithm': ({header}) => { header.alg = 'HS512'; },
    'of our own issuer, with an unknown id': ({claims}) => { claims.iss = 'stentor'; claims.sub = '424242'; },
    'without a subject': ({claims}) => { delete claims.sub; },
  };
  await whileOthersTalk(server, async () => {
    assert.equal((await refusal({})).message, 'Authentication token required');
    assert.equal((await refusal({token: ''})).message, 'Authentication token required');
    for (const token of ['nonsense', 'a.b.c', '..', 'x'.repeat(100_000)])
      assert.equal((await refusal({token})).message, 'Invalid token', token.slice(0, 20));
    for (const [what, change] of Object.entries(spoilt))
      assert.equal((await refusal({token: server.token('eve', change)})).message, 'Invalid token', what);
    assert.equal((await refusal({token: server.token('eve', spoilt.expired)})).data.reason, 'expired');
  });
});

/** A WebSocket that has received the Engine.IO handshake. */
async function rawSocket(server, query = 'EIO=4&transport=websocket') {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?${query}`);
  socket.on('error', () => {});
  const [open] = await once(socket, 'message');
  assert.match(String(open), /^0\{/);
  return socket;
}

test('what is no Socket.IO closes the connection', async t => {
  const server = await startServer(t);
  const token = server.token('eve');
  const afterConnect = ['x', '9', '2', '4', '4x', '47', '42[', '42["a"', '42["a"]]', '42{}', '42[]', '42[null]', '42["connect"]', '43{}', '40{"token":1}',
                        '44{"message":"x"}', '45999-["a"]', '450-["a"]', Buffer.from([0xff, 0x00]), Buffer.alloc(0)];
  const beforeConnect = ['42["join_channel",{}]', '430[]', '40[', '40[]', '40"text"', '4garbage'];
  await whileOthersTalk(server, async () => {
    for (const packet of afterConnect) {
      const socket = await rawSocket(server);
      socket.send(`40${JSON.stringify({token})}`);
      const [reply] = await once(socket, 'message');
      assert.match(String(reply), /^40\{"sid"/);
      socket.send(packet);
      await once(socket, 'close');
    }
    for (const packet of beforeConnect) {
      const socket = await rawSocket(server);
      socket.send(packet);
      await once(socket, 'close');
    }
  });
});

test('a binary event that never gets its attachment closes when something else comes', async t => {
  const server = await startServer(t);
  const socket = await rawSocket(server);
  socket.send(`40${JSON.stringify({token: server.token('eve')})}`);
  await once(socket, 'message');
  socket.send('451-["a",{"_placeholder":true,"num":0}]');
  socket.send('42["a"]');
  await once(socket, 'close');
});

test('handshakes of other kinds are refused', async t => {
  const server = await startServer(t);
  const status = async path => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + path);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    socket.terminate();
    return response.statusCode;
  };
  for (const path of ['/socket.io/?EIO=3&transport=websocket', '/socket.io/?transport=websocket', '/socket.io/?EIO=4&transport=carrier-pigeon',
                      '/socket.io/?EIO=4&transport=websocket&sid=unknown', '/elsewhere'])
    assert.ok([400, 404].includes(await status(path)), path);
});

test('bad requests over REST', async t => {
  const server = await startServer(t, '--limits.http_body_bytes_max=100000');
  await whileOthersTalk(server, async (channel, bob) => {
    const messages = `/api/messages?channelId=${channel}`;
    const table = [
      ['POST', '/api/channels', '{', 400],
      ['POST', '/api/channels', '', 400],
      ['POST', '/api/channels', 'null', 400],
      ['POST', '/api/channels', '[]', 400],
      ['POST', '/api/channels', '"text"', 400],
      ['POST', '/api/channels', {}, 400],
      ['POST', '/api/channels', {name: 42, visibility: 'public'}, 400],
      ['POST', '/api/channels', {name: '', visibility: 'public'}, 400],
      ['POST', '/api/channels', {name: 'x', visibility: 'secret'}, 400],
      ['POST', '/api/channels', {name: 'x', visibility: 7}, 400],
      ['POST', '/api/channels', {name: 'x', visibility: 'public', key: '1 bad key'}, 400],
      ['POST', '/api/channels', {name: 'x', visibility: 'public', key: 7}, 400],
      ['POST', '/api/channels', {name: 'x'.repeat(50_000), visibility: 'public'}, [400, 413]],
      ['POST', '/api/channels', JSON.stringify(nested(1000)), [400, 413]],
      ['POST', '/api/channels', {name: 'x'.repeat(200_000), visibility: 'public'}, 413],
      ['POST', '/api/channels/0/join', undefined, [400, 404]],
      ['POST', '/api/channels/%2e%2e/join', undefined, [400, 404]],
      ['GET', '/api/messages', undefined, 400],
      ['GET', `${messages}&after=-1`, undefined, 400],
      ['GET', `${messages}&after=x`, undefined, 400],
      ['GET', `${messages}&after=1e3`, undefined, 400],
      ['GET', `${messages}&limit=0`, undefined, 400],
      ['GET', `${messages}&limit=many`, undefined, 400],
      ['GET', `${messages}&after=1&before=2`, undefined, 400],
      ['GET', '/api/messages?channelId=%27%20OR%201=1', undefined, [400, 404]],
      ['GET', '/api/nothing', undefined, 404],
      ['DELETE', '/api/messages', undefined, [404, 405]],
      ['PATCH', '/api/nothing', undefined, 404],
    ];
    for (const [method, path, body, wanted] of table) {
      const what = `${method} ${path} ${JSON.stringify(body)?.slice(0, 60) ?? ''}`;
      const answer = await bob.api(method, path, body);
      assert.ok([wanted].flat().includes(answer.status), `${what}: ${answer.status}`);
      assert.equal(answer.body.data, null, what);
      const {status, name, message} = answer.body.error;
      assert.equal(status, answer.status, what);
      assert.ok(typeof name === 'string' && typeof message === 'string' && message.length > 0, what);
    }
    const nobody = server.person('nobody');
    for (const token of [undefined, 'nonsense', server.token('eve', ({claims}) => { claims.exp = 1; })]) {
      nobody.token = token;
      for (const [method, path] of [['POST', '/api/channels'], ['POST', `/api/channels/${channel}/join`], ['GET', messages]]) {
        const {status, body} = await nobody.api(method, path, method === 'POST' ? {name: 'x', visibility: 'public'} : undefined);
        assert.equal(status, 401, `${method} ${path} with ${token}`);
        assert.equal(body.error.status, 401);
      }
    }
  });
});
