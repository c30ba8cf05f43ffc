// The protocol server of examples/, on npm `socket.io`: what the official clients meet elsewhere. Tests that hold here and there
// show that a client cannot tell the two from each other; PEER=reference chooses this one.
//
//   node reference.mjs [--section.key=VALUE ...]     settings as in config/stentor.toml; prints `ready {"port":…}`, ends by SIGTERM
//
//   server.host, server.port                         localhost, 3000
//   socketio.path                                    /socket.io/; with /engine.io/: Engine.IO alone, which sends every message back
//   socketio.ping_interval_ms, ping_timeout_ms       300, 200
//   socketio.connect_timeout_ms, upgrade_timeout_ms  1000, 10000
//   socketio.max_payload_bytes                       1000000
//   socketio.allow_eio3                              false
//   recovery.max_disconnection_ms                    0: no recovery
//   reference.parser                                 json, or msgpack, which the server in C++ recognises by itself
//   reference.admission_delay_ms                     0: the time for which each handshake is held
//
// A socket of a namespace with the word ALL has every event below.
//
//   /                where the handshake's query has `fail`: refused, "Auth failed (main namespace)"; else auth (payload or {}); ALL
//   /custom          auth (payload or {})
//   /foo             getId
//   /abc             handshake (handshake)
//   /timeout_socket, /valid, /asd
//   /no              refused, "Auth failed (custom namespace)"
//   /guarded         refused, "not allowed" with data {code: "E_TOKEN", details: [1, "two", null]}, unless the payload has token "secret"; ALL
//   /any             every event (name, ...args) -> heard (name, ...args), and acknowledged with (name, number of args)
//   /dynamic-<n>     a namespace for each number: welcome (name of the namespace); ALL
//
// `auth` is told only without recovery: sessions that never got an event are of interest there.
//
// Events of the official suites (a trailing `ack` stands for the acknowledgement):
//
//   message (...args)               -> message-back (...args)
//   message-with-ack (...args, ack) -> ack (...args)
//   hi                              -> hi
//   echo (arg, ack)                 -> ack (arg)
//   ack                             -> asks `ack`; after the answer (5, {test: true}): got it
//   getAckDate (_, ack), getDate, getDateObj -> ack (date), takeDate (date), takeDateObj ({date})
//   getUtf8                         -> five times takeUtf8 (text)
//   false                           -> false (false)
//   doge, getbin                    -> doge, takebin (bytes "asdfasdf")
//   buffa (bytes), blob (bytes)     -> buffack, back
//   jsonbuff, jsonblob ({hello: "lol", message: bytes, goodbye: "gotcha"}) -> jsonbuff-ack, jsonblob-ack
//   abuff1 (bytes), abuff2          -> abuff2-ack, after both
//   blob1 (bytes), blob2 ("second"), blob3 (bytes) -> blob3-ack, after all three in this order
//   getHandshake (ack), getId (ack) -> ack (handshake), ack (id)
//
// Events of our own tests. `to` is {rooms, except, others, volatile, timeout_ms, times}, each of them optional: the rooms, all of the
// namespace if there are none; rooms that are left out; without the asking socket; volatile; 1000 by default; the number of repetitions,
// which get their number as first argument and are told in one go.
//
//   ask (...args)                   -> asks `question` (...args) for 100 ms, and tells `answer` (...what came, or why nothing did)
//   ask-in (ms, ...args)            -> the same for `ms`
//   join (room or rooms, ack), leave (room, ack)
//   whoami (ack)                    -> ack ({id, recovered, rooms, data}): rooms sorted, without its own
//   remember (value, ack)           keeps `value` as its data
//   back (event, ...args, ack)      -> event (...args)
//   flutter (event, ...args)        -> event (...args), volatile
//   tell (to, event, ...args, ack)  -> event (...args) to those
//   ask-all (to, event, ...args, ack) -> asks those; ack (null or "operation has timed out", [the first argument of each answer])
//   leave-me (close)                is disconnected, with its connection if `close`
//   drop (room, close)              the same with all of a room
//   drop-me                         closes its connection
//
// A socket that leaves is told to the room `watch` of its namespace: gone (id, reason, its rooms as in whoami).

import {Server as Engine} from 'engine.io';
import {createServer} from 'node:http';
import {Server} from 'socket.io';
import msgpack from 'socket.io-msgpack-parser';

const settings = {
  'server.host': 'localhost',
  'server.port': 3000,
  'socketio.path': '/socket.io/',
  'socketio.ping_interval_ms': 300,
  'socketio.ping_timeout_ms': 200,
  'socketio.connect_timeout_ms': 1000,
  'socketio.upgrade_timeout_ms': 10_000,
  'socketio.max_payload_bytes': 1_000_000,
  'socketio.allow_eio3': false,
  'recovery.max_disconnection_ms': 0,
  'reference.parser': 'json',
  'reference.admission_delay_ms': 0,
};

/** Sections that mean nothing to this server. */
const ignored = /^--(network|log)\./;

for (const argument of process.argv.slice(2).filter(argument => !ignored.test(argument))) {
  const [, name, value] = argument.match(/^--([^=]*)=(.*)$/) ?? [];
  if (!(name in settings)) {
    process.stderr.write(`unknown setting: ${argument}\n`);
    process.exit(2);
  }
  settings[name] = typeof settings[name] === 'number' ? Number(value) : typeof settings[name] === 'boolean' ? value === 'true' : value;
}

const bytes = () => Buffer.from('asdfasdf');
const isMixed = value => value?.hello === 'lol' && Buffer.isBuffer(value.message) && value.goodbye === 'gotcha';
const roomsOf = socket => [...socket.rooms].filter(room => room !== socket.id).sort();

/** Calls `then` with the arguments and the acknowledgement, if there is one. */
const apart = then => (...args) => {
  const ack = typeof args.at(-1) === 'function' ? args.pop() : () => {};
  then(args, ack);
};

function serveSuites(socket) {
  const seen = new Set();
  const on = (event, then) => socket.on(event, apart(then));
  on('message', args => socket.emit('message-back', ...args));
  on('message-with-ack', (args, ack) => ack(...args));
  on('hi', () => socket.emit('hi'));
  on('echo', ([arg], ack) => ack(arg));
  on('ack', () => socket.emit('ack', (a, b) => {
    if (a === 5 && b.test)
      socket.emit('got it');
  }));
  on('getAckDate', (_, ack) => ack(new Date()));
  on('getDate', () => socket.emit('takeDate', new Date()));
  on('getDateObj', () => socket.emit('takeDateObj', {date: new Date()}));
  on('getUtf8', () => {
    for (const text of ['てすと', 'Я Б Г Д Ж Й', 'Ä ä Ü ü ß', 'utf8 — string', 'utf8 — string'])
      socket.emit('takeUtf8', text);
  });
  on('false', () => socket.emit('false', false));
  on('doge', () => socket.emit('doge', bytes()));
  on('getbin', () => socket.emit('takebin', bytes()));
  on('buffa', ([a]) => Buffer.isBuffer(a) && socket.emit('buffack'));
  on('blob', ([a]) => Buffer.isBuffer(a) && socket.emit('back'));
  on('jsonbuff', ([a]) => isMixed(a) && socket.emit('jsonbuff-ack'));
  on('jsonblob', ([a]) => isMixed(a) && socket.emit('jsonblob-ack'));
  on('abuff1', ([a]) => Buffer.isBuffer(a) && seen.add('abuff1'));
  on('abuff2', () => seen.has('abuff1') && socket.emit('abuff2-ack'));
  on('blob1', ([a]) => Buffer.isBuffer(a) && seen.add('blob1'));
  on('blob2', ([a]) => a === 'second' && seen.has('blob1') && seen.add('blob2'));
  on('blob3', ([a]) => Buffer.isBuffer(a) && seen.has('blob2') && socket.emit('blob3-ack'));
  on('getHandshake', (_, ack) => ack(socket.handshake));
  on('getId', (_, ack) => ack(socket.id));
}

/** Those whom a socket means by `to`. */
function audience(socket, {rooms = [], except = [], others = false, volatile = false}) {
  const everyone = (others ? socket : socket.nsp).to(rooms).except(except);
  return volatile ? everyone.volatile : everyone;
}

function ask(socket, ms, args) {
  socket.timeout(ms).emit('question', ...args, (error, ...answer) => socket.emit('answer', ...(error ? [error.message] : answer)));
}

function serveTests(socket) {
  const on = (event, then) => socket.on(event, apart(then));
  on('ask', args => ask(socket, 100, args));
  on('ask-in', ([ms, ...args]) => ask(socket, ms, args));
  on('join', ([rooms], ack) => {
    socket.join(rooms);
    ack();
  });
  on('leave', ([room], ack) => {
    socket.leave(room);
    ack();
  });
  on('whoami', (_, ack) => ack({id: socket.id, recovered: socket.recovered, rooms: roomsOf(socket), data: socket.data.value ?? null}));
  on('remember', ([value], ack) => {
    socket.data.value = value;
    ack();
  });
  on('back', ([event, ...args], ack) => {
    socket.emit(event, ...args);
    ack();
  });
  on('flutter', ([event, ...args]) => socket.volatile.emit(event, ...args));
  on('tell', ([to, event, ...args], ack) => {
    if (to.times === undefined)
      audience(socket, to).emit(event, ...args);
    for (let i = 0; i < (to.times ?? 0); ++i)
      audience(socket, to).emit(event, i, ...args);
    ack();
  });
  on('ask-all', ([to, event, ...args], ack) =>
    audience(socket, to).timeout(to.timeout_ms ?? 1000).emit(event, ...args, (error, answers) => ack(error ? error.message : null, answers)));
  on('leave-me', ([close]) => socket.disconnect(close));
  on('drop', ([room, close]) => socket.nsp.in(room).disconnectSockets(close));
  on('drop-me', () => socket.conn.close());

  let rooms = [];
  socket.on('disconnecting', () => { rooms = roomsOf(socket); });
  socket.on('disconnect', reason => socket.nsp.to('watch').emit('gone', socket.id, reason, rooms));
}

function serveAll(socket) {
  serveSuites(socket);
  serveTests(socket);
}

/** A middleware that refuses whom `welcomes` does not want. */
const admitting = (welcomes, message, data) => (socket, next) => next(welcomes(socket) ? undefined : Object.assign(new Error(message), data && {data}));

function serveNamespaces(io) {
  const greet = socket => settings['recovery.max_disconnection_ms'] === 0 && socket.emit('auth', socket.handshake.auth);
  io.use(admitting(socket => !socket.handshake.query.fail, 'Auth failed (main namespace)'));
  io.on('connection', socket => {
    serveAll(socket);
    greet(socket);
  });
  io.of('/custom').on('connection', greet);
  io.of('/foo').on('connection', socket => socket.on('getId', ack => ack(socket.id)));
  io.of('/abc').on('connection', socket => socket.emit('handshake', socket.handshake));
  for (const name of ['/timeout_socket', '/valid', '/asd'])
    io.of(name);
  io.of('/no').use(admitting(() => false, 'Auth failed (custom namespace)'));
  io.of('/guarded')
    .use(admitting(socket => socket.handshake.auth.token === 'secret', 'not allowed', {code: 'E_TOKEN', details: [1, 'two', null]}))
    .on('connection', serveAll);
  io.of('/any').on('connection', socket => socket.onAny((event, ...rest) => apart((args, ack) => {
    socket.emit('heard', event, ...args);
    ack(event, args.length);
  })(...rest)));
  io.of(/^\/dynamic-[0-9]+$/).on('connection', socket => {
    serveAll(socket);
    socket.emit('welcome', socket.nsp.name);
  });
}

const http = createServer();
const engine = {
  pingInterval: settings['socketio.ping_interval_ms'],
  pingTimeout: settings['socketio.ping_timeout_ms'],
  upgradeTimeout: settings['socketio.upgrade_timeout_ms'],
  maxHttpBufferSize: settings['socketio.max_payload_bytes'],
  allowEIO3: settings['socketio.allow_eio3'],
};

function startEngine() {
  const server = new Engine(engine);
  server.attach(http, {path: settings['socketio.path']});
  server.on('connection', socket => socket.on('message', message => socket.send(message)));
  return server;
}

function startSocketIo() {
  const recovery = settings['recovery.max_disconnection_ms'];
  const delay = settings['reference.admission_delay_ms'];
  const io = new Server(http, {
    ...engine,
    path: settings['socketio.path'],
    connectTimeout: settings['socketio.connect_timeout_ms'],
    ...(recovery > 0 && {connectionStateRecovery: {maxDisconnectionDuration: recovery}}),
    ...(settings['reference.parser'] === 'msgpack' && {parser: msgpack}),
    ...(delay > 0 && {allowRequest: (_, answer) => setTimeout(() => answer(null, true), delay)}),
  });
  serveNamespaces(io);
  return io;
}

const server = settings['socketio.path'] === '/engine.io/' ? startEngine() : startSocketIo();
http.listen(settings['server.port'], settings['server.host'], () => process.stdout.write(`ready {"port":${http.address().port}}\n`));
process.on('SIGTERM', () => {
  server.close();
  http.close();
  http.closeAllConnections();
  process.exit(0);
});
