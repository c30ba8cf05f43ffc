// Peers that are slow, broken or malicious: what they hold is bounded and comes back, and others are served meanwhile.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import net from 'node:net';
import WebSocket from 'ws';
import {metrics, until} from './metrics.mjs';
import {startServer, test} from './server.mjs';

const spare = 8; // descriptors and sessions of the tests' own requests
const dropped = 'stentor_dropped_total{what="slow_connection"}';

/** A frame of a client that masks with zeros. */
function frame(opcode, payload) {
  assert.ok(payload.length < 126);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** A WebSocket after the handshake; `tcp` is what it runs over. */
async function rawSocket(t, server, query = 'EIO=4&transport=websocket') {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?${query}`, {autoPong: false});
  socket.on('error', () => {});
  await once(socket, 'message');
  const tcp = socket._socket;
  tcp.on('error', () => {});
  const closed = new Promise(resolve => tcp.on('close', resolve)); // once() would fail at a write that comes too late
  t.after(() => tcp.destroy());
  return {socket, tcp, closed};
}

/** A member of the channel who listens, over a socket of which everything is in the test's hands. */
async function rawMember(t, server, name, channel) {
  const person = server.person(name);
  await person.joinChannel(channel);
  const raw = await rawSocket(t, server);
  const hears = start => new Promise(resolve => raw.socket.on('message', text => String(text).startsWith(start) && resolve()));
  const connected = hears('40{'), acked = hears('430');
  raw.socket.send(`40${JSON.stringify({token: person.token})}`);
  await connected; // what comes before would close the connection
  raw.socket.send(`420["join_channel",{"channelId":"${channel}"}]`);
  await acked;
  return raw;
}

async function tcpTo(t, server, options) {
  const socket = net.connect({port: server.port, host: '127.0.0.1', ...options});
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return {socket, closed: once(socket, 'close')};
}

/** A peer that does not read learns of its end only when it writes. */
async function untilDropped(tcp, closed) {
  tcp.resume();
  await closed;
}

test('a reader that stops is dropped at its budget; the others hear everything', async t => {
  const budget = 262_144, size = 20_000;
  const server = await startServer(t, `--network.outbox_bytes_max=${budget}`, '--network.socket_buffer_bytes=16384');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {tcp, closed} = await rawMember(t, server, 'eve', channel);
  const before = await metrics(server);
  tcp.pause();
  let said = 0, found;
  do {
    await ada.say(channel, `${said++} ${'x'.repeat(size)}`);
    found = await metrics(server);
    assert.ok(found.stentor_outbox_backlog_bytes <= budget + 10 * size, 'one flush over the budget at most, and what the others are about to read');
  } while (!found[dropped]);
  await bob.until('everything', () => bob.contents().length === said);
  assert.deepEqual(bob.contents().map(text => parseInt(text)), Array.from({length: said}, (_, n) => n));
  await until(server, 'its descriptor is back', now => now.process_open_fds <= before.process_open_fds - 1 + spare && now.stentor_sockets === 2);
  assert.deepEqual(bob.all('(disconnected)'), []);
  await untilDropped(tcp, closed);
});

test('a flood of pings from a peer that does not read', async t => {
  const server = await startServer(t, '--network.outbox_bytes_max=65536', '--network.socket_buffer_bytes=65536');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {tcp, closed} = await rawSocket(t, server);
  const before = await metrics(server);
  tcp.pause();
  const pings = Buffer.concat(Array(1000).fill(frame(9, Buffer.alloc(125, 'p'))));
  let rounds = 0;
  for (; !(await metrics(server))[dropped]; ++rounds) {
    if (!tcp.write(pings)) // what the server does not take in, it does not hold either
      await Promise.race([once(tcp, 'drain'), closed, ada.say(channel, 'others talk')]);
    await ada.say(channel, 'others talk');
  }
  const after = await metrics(server);
  assert.equal(after[dropped], 1);
  assert.ok(after.process_resident_memory_bytes - before.process_resident_memory_bytes < 32e6);
  await bob.until('everything', () => bob.contents().length >= rounds);
  await untilDropped(tcp, closed);
});

test('a peer that never answers pings is given up', async t => {
  const server = await startServer(t, '--socketio.ping_interval_ms=100', '--socketio.ping_timeout_ms=100');
  const {closed} = await rawSocket(t, server);
  await closed;
  const found = await until(server, 'it is gone', now => now['stentor_connections{transport="websocket"}'] === 0);
  assert.equal(found['stentor_connections_closed_total{reason="ping timeout"}'], 1);
});

test('a peer that polls once and never again is given up', async t => {
  const server = await startServer(t, '--socketio.ping_interval_ms=100', '--socketio.ping_timeout_ms=100');
  await (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).text();
  await until(server, 'it is gone', now => now['stentor_connections_closed_total{reason="ping timeout"}'] === 1
                                        && now['stentor_connections{transport="polling"}'] === 0);
});

test('peers that say goodbye and keep TCP open, or nothing but goodbye', async t => {
  const server = await startServer(t, '--network.close_timeout_ms=100');
  const before = await metrics(server);
  const all = await Promise.all(Array.from({length: 20}, () => rawSocket(t, server)));
  for (const {tcp} of all) {
    tcp.allowHalfOpen = true;
    tcp.removeAllListeners('data');
    tcp.resume();
    tcp.write(frame(8, Buffer.from([0x03, 0xe8])));
  }
  await until(server, 'their descriptors are back', now => now.process_open_fds <= before.process_open_fds + spare
                                                        && now['stentor_connections{transport="websocket"}'] === 0);
});

test('half-sent headers are given up, and others are served meanwhile', async t => {
  const many = 500;
  const server = await startServer(t, '--network.header_timeout_ms=2000');
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const before = await metrics(server);
  const all = await Promise.all(Array.from({length: many}, async (_, n) => {
    const {socket, closed} = await tcpTo(t, server);
    socket.write(['G', 'GET / HTTP/1.1\r\nHost: x\r\nX-', 'POST /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx', ''][n % 4]);
    socket.resume();
    return closed;
  }));
  for (let n = 0; n < 20; ++n)
    await ada.say(channel, `message ${n}`);
  await bob.until('everything', () => bob.contents().length === 20);
  await Promise.all(all);
  const after = await until(server, 'their descriptors are back', now => now.process_open_fds <= before.process_open_fds + spare
                                                                     && now.stentor_http_sessions <= spare);
  assert.ok(after.process_resident_memory_bytes - before.process_resident_memory_bytes < 32e6);
});

test('a header that arrives byte by byte gets no more time', async t => {
  const server = await startServer(t, '--network.header_timeout_ms=200');
  const {socket, closed} = await tcpTo(t, server);
  socket.resume();
  const drip = setInterval(() => socket.write('x'), 10);
  t.after(() => clearInterval(drip));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  await closed;
});

test('fragments without end, and events nobody knows, cost nobody else', async t => {
  const server = await startServer(t);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  const {tcp, closed} = await rawSocket(t, server);
  const empty = Buffer.from([0x00, 0x80, 0, 0, 0, 0]);
  tcp.write(Buffer.from([0x01, 0x80, 0, 0, 0, 0]));
  for (let n = 0; n < 20; ++n)
    tcp.write(Buffer.concat(Array(1000).fill(empty)));
  await closed;
  await ada.say(channel, 'still here');
  await bob.hears('new_message');
});
