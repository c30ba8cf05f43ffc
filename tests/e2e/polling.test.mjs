// Long-polling and the upgrade on the wire, where they can go wrong.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {gunzipSync} from 'node:zlib';
import http from 'node:http';
import WebSocket from 'ws';
import {pollerOf, startBare, unknownSid} from './bare.mjs';
import {lock} from './database.mjs';
import {until} from './metrics.mjs';
import {startServer, test} from './server.mjs';

const quiet = ['--socketio.ping_interval_ms=60000', '--socketio.connect_timeout_ms=60000'];

test('requests that are refused', async t => {
  const server = await startBare(t, ...quiet);
  const {sid} = await server.poller();
  const socket = server.websocket();
  const overWebSocket = JSON.parse((await socket.next()).slice(1)).sid;
  const refusals = [
    [400, '{"code":0,"message":"Transport unknown"}', [
      ['GET', ''],
      ['GET', 'EIO=4'],
      ['GET', 'EIO=4&transport=abc'],
      ['GET', 'EIO=4&transport=__proto__'],
      ['GET', 'EIO=4&transport=constructor'],
    ]],
    [400, unknownSid, [
      ['GET', 'EIO=4&transport=polling&sid=abc'],
      ['GET', 'EIO=4&transport=polling&sid=__proto__'],
      ['GET', `EIO=4&transport=polling&sid=${'A'.repeat(4096)}`],
      ['GET', 'EIO=4&transport=polling&sid=%00'],
      ['POST', 'EIO=4&transport=polling&sid=abc'],
    ]],
    [400, '{"code":2,"message":"Bad handshake method"}', [
      ['POST', 'EIO=4&transport=polling'],
      ['PUT', 'EIO=4&transport=polling'],
      ['OPTIONS', 'EIO=4&transport=polling'],
    ]],
    [400, '{"code":3,"message":"Bad request"}', [
      ['GET', 'EIO=4&transport=websocket'],
      ['GET', `EIO=4&transport=polling&sid=${overWebSocket}`],
    ]],
    [400, '{"code":5,"message":"Unsupported protocol version"}', [
      ['GET', 'transport=polling'],
      ['GET', 'EIO=3&transport=polling'],
      ['GET', 'EIO=abc&transport=polling'],
    ]],
    [500, '', [
      ['PUT', `EIO=4&transport=polling&sid=${sid}`],
      ['DELETE', `EIO=4&transport=polling&sid=${sid}`],
    ]],
  ];
  for (const [status, body, requests] of refusals)
    for (const [method, query] of requests) {
      const answer = await server.request(query, {method});
      assert.deepEqual({status: answer.status, body: answer.body}, {status, body}, `${method} ?${query.slice(0, 80)}`);
      if (body)
        assert.equal(answer.headers.get('content-type'), 'application/json');
    }
  for (const path of ['/', '/socket.io?EIO=4&transport=polling', '/engine.io/?EIO=4&transport=polling'])
    assert.equal((await fetch(server.url + path)).status, 404, path);
  assert.equal(await (await fetch(`${server.url}/socket.io?EIO=4&transport=polling`)).text(), '');
  socket.close();
});

test('what a poll and a post look like', async t => {
  const server = await startBare(t, ...quiet);
  const opened = await server.request('EIO=4&transport=polling');
  assert.equal(opened.headers.get('content-type'), 'text/plain; charset=UTF-8');
  assert.equal(opened.headers.get('cache-control'), 'no-store');
  const open = JSON.parse(opened.body.slice(1));
  assert.match(open.sid, /^[A-Za-z0-9_-]{20}$/);
  assert.deepEqual({...open, sid: ''}, {sid: '', upgrades: ['websocket'], pingInterval: 60000, pingTimeout: 200, maxPayload: 1000000});
  const poller = await server.poller();
  const posted = await poller.post('40');
  assert.deepEqual([posted.status, posted.body, posted.headers.get('content-type'), posted.headers.get('cache-control')], [200, 'ok', 'text/html', 'no-store']);
  const packets = await poller.pollUntil(packet => packet.startsWith('42["auth"'));
  assert.match(packets[0], /^40\{"sid":"[\w-]{20}"\}$/);
  assert.equal(packets[1], '42["auth",{}]');
});

test('a second poll at a time: the first is told to close, the session ends', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  const answers = await Promise.all([poller.poll(), poller.poll()]);
  assert.deepEqual(answers.map(({status}) => status).sort(), [200, 400]);
  assert.equal(answers.find(({status}) => status === 200).body, '1');
  await poller.assertGone();
});

test('a poll that its client gives up ends the session', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  const socket = await server.tcp();
  socket.write(`GET /socket.io/?${poller.query} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await poller.post('6'); // served behind the poll, on whichever thread: a noop
  socket.destroy();
  let answer;
  do // its end may arrive behind a poll; then there are two at a time
    answer = await poller.poll({signal: AbortSignal.timeout(30_000)});
  while (answer.status === 200 && answer.body !== '1');
  await poller.assertGone();
});

test('a post of bytes is refused, and ends the session', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  const answer = await poller.post(Buffer.from([1, 2, 3]), {'content-type': 'application/octet-stream'});
  assert.deepEqual([answer.status, answer.body], [400, '']);
  await poller.assertGone();
});

test('a post that is too large is refused; the session stays', async t => {
  const server = await startBare(t, ...quiet, '--socketio.max_payload_bytes=2000');
  const poller = await server.poller();
  const answer = await poller.post(`4${'x'.repeat(2000)}`).catch(error => error);
  assert.equal(answer.status, 413);
  assert.equal((await poller.post('40')).status, 200);
  await poller.pollUntil(packet => packet.startsWith('40'));
});

test('a packet that makes no sense: the post is fine, the session ends', async t => {
  const server = await startBare(t, ...quiet);
  const forEngineIo = ['abc', '', '40\x1ezzz', 'b!'];
  const forSocketIo = ['4\x1e', '4999["x"]', '450-["x"]', '451-["x",{"_placeholder":true,"num":"splice"}]'];
  for (const body of [...forEngineIo, ...forSocketIo]) {
    const poller = await server.poller();
    const answer = await poller.post(body);
    assert.deepEqual([answer.status, answer.body], [200, 'ok'], body);
    if (forSocketIo.includes(body))
      assert.equal((await poller.poll()).body, '1', body);
    await poller.assertGone();
  }
  const poller = await server.poller();
  assert.equal((await poller.post('0')).status, 200, 'an open packet means nothing');
  await poller.post('40');
  await poller.pollUntil(packet => packet.startsWith('40'));
});

test('a post that comes slowly does not hold up another', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  const first = await server.tcp();
  first.write(`POST /socket.io/?${poller.query} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n4`);
  assert.equal((await poller.post('40')).status, 200, 'the first has not come yet');
  first.write('x'.repeat(99));
  const [answer] = await once(first, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
  first.destroy();
});

test('a post while another waits for its answer is refused, and ends the session', async t => {
  const server = await startServer(t, '--limits.submits_in_flight=1', '--store.busy_timeout_ms=60000');
  const {channel, people: [ada]} = await server.talkers('ada');
  const poller = await pollerOf(server);
  await poller.post(`40${JSON.stringify({token: ada.token})}`);
  await poller.pollUntil(packet => packet.startsWith('42["authenticated"'));
  const unlock = await lock(t, server.database);
  const first = poller.post(`42["send_message",{"channelId":"${channel}","content":"it waits for the disk"}]`);
  await until(server, 'it waits', now => now.stentor_room_pending === 1);
  const second = await poller.post('3');
  assert.deepEqual([second.status, second.body], [400, '']);
  assert.equal((await first).status, 200);
  await poller.assertGone();
  await unlock();
  await ada.hears('new_message');
});

test('what is in one POST, or in one segment, is admitted no faster than submits_in_flight allows', async t => {
  const server = await startServer(t, '--limits.submits_in_flight=4', '--limits.room_pending_max=4');
  const {channel, people: [ada]} = await server.talkers('ada');
  const sends = name => Array.from({length: 100}, (_, i) =>
    `42${i}["send_message",${JSON.stringify({channelId: channel, content: `${name} ${i}`})}]`);

  const poller = await pollerOf(server);
  await poller.post(`40${JSON.stringify({token: ada.token})}`);
  await poller.pollUntil(packet => packet.startsWith('42["authenticated"'));
  const posted = poller.post(sends('post').join('\x1e'));
  await poller.pollUntil(packet => packet.startsWith('4399['));
  assert.deepEqual(await posted.then(({status, body}) => [status, body]), [200, 'ok']);

  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  t.after(() => socket.terminate());
  const hears = wanted => new Promise(resolve => socket.on('message', text => String(text).startsWith(wanted) && resolve()));
  await once(socket, 'open');
  socket.send(`40${JSON.stringify({token: ada.token})}`);
  await hears('42["authenticated"');
  const last = hears('4399[');
  socket._socket.cork();
  for (const packet of sends('segment'))
    socket.send(packet);
  socket._socket.uncork();
  await last;

  await ada.until('all of them', () => ada.contents().length === 200);
  assert.deepEqual(ada.contents(), ['post', 'segment'].flatMap(name => Array.from({length: 100}, (_, i) => `${name} ${i}`)));
});

test('the client closes: the poll that waits is let go, the session ends', async t => {
  const server = await startBare(t, ...quiet);
  for (let body = unknownSid; body !== '6';) { // until the POST does not overtake the GET on its other connection
    assert.equal(body, unknownSid);
    const poller = await server.poller();
    const waiting = poller.poll();
    await poller.post('1');
    ({body} = await waiting);
    await poller.assertGone();
  }
});

test('the server closes: a poll is told so', async t => {
  const server = await startBare(t, '--socketio.connect_timeout_ms=100', '--socketio.ping_interval_ms=60000');
  const poller = await server.poller();
  assert.equal((await poller.poll()).body, '1');
  await poller.assertGone();
});

test('binary goes both ways, as base64', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  await poller.post('40');
  await poller.pollUntil(packet => packet.startsWith('42["auth"'));
  await poller.post('451-["message",{"_placeholder":true,"num":0}]\x1ebAQID');
  const packets = await poller.pollUntil(packet => packet.startsWith('b'));
  assert.deepEqual(packets, ['451-["message-back",{"_placeholder":true,"num":0}]', 'bAQID']);
});

test('binary as base64 in a text frame is taken too', async t => {
  const server = await startBare(t, ...quiet);
  const socket = server.websocket();
  await socket.next();
  socket.send('40');
  await socket.next();
  await socket.next();
  socket.send('451-["message",{"_placeholder":true,"num":0}]');
  socket.send('bAQID');
  assert.equal(await socket.next(), '451-["message-back",{"_placeholder":true,"num":0}]');
  assert.deepEqual([...await socket.next()], [1, 2, 3]);
  socket.close();
});

test('attachments that make no sense end their connection', async t => {
  const server = await startBare(t, ...quiet, '--socketio.max_payload_bytes=2000');
  for (const messages of [[Buffer.from([1])], ['451-["x"]', '42["x"]'], ['451-["x",{"_placeholder":true,"num":1}]'], ['4511-["x"]'], ['450-["x"]'],
                          ['452-["x"]', Buffer.alloc(1500), Buffer.alloc(1500)]]) {
    const socket = server.websocket();
    await socket.next();
    socket.send('40');
    await socket.next();
    for (const message of messages)
      socket.send(message);
    await socket.closed;
  }
});

test('the upgrade', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  await poller.post('40');
  await poller.pollUntil(packet => packet.startsWith('42["auth"'));
  const waiting = poller.poll();
  const socket = server.websocket(`EIO=4&transport=websocket&sid=${poller.sid}`);
  await once(socket, 'open');
  socket.send('2probe');
  assert.equal(await socket.next(), '3probe');
  assert.equal((await waiting).body, '6', 'the poll that waits is let go');
  assert.equal((await poller.poll()).body, '6', 'so is any other');
  const second = server.websocket(`EIO=4&transport=websocket&sid=${poller.sid}`);
  await second.closed;
  await poller.post('42["message",1]');
  socket.send('5');
  assert.equal(await socket.next(), '42["message-back",1]', 'what waited comes over the new transport');
  const {status, body} = await poller.poll();
  assert.deepEqual([status, body], [400, '{"code":3,"message":"Bad request"}']);
  const third = server.websocket(`EIO=4&transport=websocket&sid=${poller.sid}`);
  await third.closed;
  socket.send('42["message",2]');
  assert.equal(await socket.next(), '42["message-back",2]');
  socket.close();
});

test('an upgrade that says something else, or nothing, is closed; the session goes on polling', async t => {
  const server = await startBare(t, ...quiet, '--socketio.upgrade_timeout_ms=100');
  for (const say of ['2', '5', '42["message",1]', 'abc', null]) {
    const poller = await server.poller();
    const socket = server.websocket(`EIO=4&transport=websocket&sid=${poller.sid}`);
    await once(socket, 'open');
    if (say)
      socket.send(say);
    await socket.closed;
    await poller.post('40');
    await poller.pollUntil(packet => packet.startsWith('40'));
  }
});

test('an upgrade in another revision than its session is refused', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  for (const revision of ['EIO=3&', '']) {
    const socket = server.websocket(`${revision}transport=websocket&sid=${poller.sid}`);
    const [, answer] = await once(socket, 'unexpected-response');
    assert.equal(answer.statusCode, 400);
    answer.destroy();
  }
  await poller.post('40');
  await poller.pollUntil(packet => packet.startsWith('40'));
});

test('large polls are compressed for those who take it', async t => {
  const server = await startBare(t, ...quiet);
  const poller = await server.poller();
  await poller.post('40');
  await poller.pollUntil(packet => packet.startsWith('42["auth"'));
  const raw = encodings => new Promise((resolve, reject) => {
    http.get(`${server.url}/socket.io/?${poller.query}`, {headers: {'accept-encoding': encodings}}, async answer => {
      const chunks = [];
      for await (const chunk of answer)
        chunks.push(chunk);
      resolve({encoding: answer.headers['content-encoding'], body: Buffer.concat(chunks), vary: answer.headers.vary});
    }).on('error', reject);
  });
  const large = `42["message","${'x'.repeat(5000)}"]`, expected = large.replace('message', 'message-back');
  for (const encodings of ['gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.8']) {
    await poller.post(large);
    const answer = await raw(encodings);
    assert.equal(answer.encoding, 'gzip', encodings);
    assert.ok(answer.body.length < 500);
    assert.equal(String(gunzipSync(answer.body)), expected);
  }
  for (const encodings of ['', 'identity', 'gzip;q=0', 'br']) {
    await poller.post(large);
    const answer = await raw(encodings);
    assert.equal(answer.encoding, undefined, encodings);
    assert.equal(String(answer.body), expected);
  }
  await poller.post('42["message","small"]');
  assert.equal((await raw('gzip')).encoding, undefined);
});
