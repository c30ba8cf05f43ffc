// Behind `scripts/bench hostile`: how long acknowledgements take while others attack, beside how long they take in peace; what the
// server holds meanwhile, and what it still holds afterwards. The attackers are a process of their own.

import {fork} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync} from 'node:fs';
import net from 'node:net';
import {startServer} from '../tests/e2e/server.mjs';

const pause = ms => new Promise(resolve => { setTimeout(resolve, ms); });

// -- attacks: in the other process ---------------------------------------------

const loopback = port => new Promise(resolve => {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {}).on('connect', () => resolve(socket)).on('close', () => resolve(socket));
});

/** A WebSocket after its handshake, as plain TCP. */
async function upgraded(port) {
  const socket = await loopback(port);
  socket.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    + 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  return socket;
}

/** A short frame of a client, masked with zeros. */
const frame = (opcode, payload = '') => {
  const bytes = Buffer.from(payload);
  const head = bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head, 0, 0, 0, 0]), bytes]);
};

/** Keeps so many connections up: whoever is thrown out comes back a second later. Resolves when all have been there once. */
const keep = (count, connect) => Promise.all(Array.from({length: count}, async function come(_, i) {
  const socket = await connect(i);
  socket.once('close', () => setTimeout(come, 1000, _, i));
}));

const attacks = {
  'half-sent headers': ({port}) => keep(5000, async () => {
    const socket = await loopback(port);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nX: ');
    return socket;
  }),
  'half-open connections': ({port}) => keep(500, async () => (await upgraded(port)).resume()), // and never a pong
  'goodbyes over TCP that stays open': ({port}) => keep(500, async () => {
    const socket = await upgraded(port);
    socket.write(frame(8));
    return socket.resume();
  }),
  'ping floods of peers that do not read': ({port}) => keep(20, async () => {
    const socket = await upgraded(port);
    const pings = Buffer.concat(Array(200).fill(frame(9, 'x'.repeat(125))));
    const flood = () => { if (!socket.destroyed) socket.write(pings, () => setTimeout(flood, 10)); };
    flood();
    return socket.pause();
  }),
  'members that stop reading': ({port, tokens, channel}) => keep(tokens.length, async i => {
    const socket = await upgraded(port);
    socket.write(frame(1, `40${JSON.stringify({token: tokens[i]})}`));
    await pause(200);
    socket.write(frame(1, `42["join_channel",{"channelId":"${channel}"}]`));
    await pause(200);
    setTimeout(() => socket.destroy(), 3000); // who does not read does not notice that it was thrown out
    return socket.pause();
  }),
};

// -- what others notice ----------------------------------------------------------

/** Milliseconds that each of `count` messages took to be acknowledged, 100 a second. */
async function talk(person, channel, count) {
  const taken = [];
  const sent = Array.from({length: count}, async (_, i) => {
    await pause(i * 10);
    const began = performance.now();
    await person.say(channel, `${i} ${'x'.repeat(200)}`);
    taken.push(performance.now() - began);
  });
  await Promise.all(sent);
  return taken.sort((a, b) => a - b);
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

function held(pid) {
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return {descriptors: readdirSync(`/proc/${pid}/fd`).length, megabytes: resident / 1024};
}

function show(name, taken, now) {
  console.log([name.padEnd(40), quantile(taken, 0.5).toFixed(2).padStart(8), quantile(taken, 0.99).toFixed(2).padStart(8),
               String(now.descriptors).padStart(12), now.megabytes.toFixed(1).padStart(8)].join(''));
}

async function measure(t) {
  const server = await startServer(t, '--network.header_timeout_ms=3000', '--network.close_timeout_ms=2000', '--socketio.ping_interval_ms=2000',
                                   '--socketio.ping_timeout_ms=2000', '--network.connections_max=20000', '--network.outbox_bytes_max=262144');
  const {channel, people: [ada]} = await server.talkers('ada', 'bob');
  const tokens = [];
  for (let i = 0; i < 20; ++i) {
    const idler = server.person(`idler ${i}`);
    await idler.joinChannel(channel);
    tokens.push(idler.token);
  }
  console.log(`${'acknowledgements while there are'.padEnd(40)}${'p50 ms'.padStart(8)}${'p99 ms'.padStart(8)}${'descriptors'.padStart(12)}${'RSS MB'.padStart(8)}`);
  await talk(ada, channel, 200); // warm
  const peace = await talk(ada, channel, 1000);
  show('none', peace, held(server.pid));
  for (const attack of Object.keys(attacks)) {
    const attackers = fork(new URL(import.meta.url));
    attackers.send({attack, port: server.port, tokens, channel});
    await once(attackers, 'message');
    const taken = await talk(ada, channel, 1000);
    show(attack, taken, held(server.pid));
    attackers.kill('SIGKILL');
    await once(attackers, 'exit');
  }
  await pause(5000); // more than any timeout above
  show('none, afterwards', await talk(ada, channel, 1000), held(server.pid));
}

if (process.send) {
  process.on('message', async what => {
    await attacks[what.attack](what);
    process.send('under way');
  });
} else {
  const cleanups = [];
  try {
    await measure({after: f => cleanups.unshift(f)});
  } finally {
    for (const f of cleanups)
      await f();
  }
}
