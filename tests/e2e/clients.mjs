// The official clients, each over each transport, with a record of what they heard.

import {EventEmitter} from 'node:events';
import {io as io4} from 'socket.io-client';
import io2 from 'socket.io-client-v2';
import msgpack from 'socket.io-msgpack-parser';
import {againstReference, startBare} from './bare.mjs';
import {test} from './server.mjs';

const patience = 30_000; // for what must come soon; only a failing test waits this long

/** A client without the heartbeat of the official suites. */
const calm = ['--socketio.ping_interval_ms=25000', '--socketio.ping_timeout_ms=20000', '--socketio.connect_timeout_ms=45000'];

export const json = {name: 'client 4', io: io4, options: {}, settings: []};
export const packed = {name: 'client 4 with msgpack', io: io4, options: {parser: msgpack}, settings: againstReference ? ['--reference.parser=msgpack'] : []};
export const old = {name: 'client 2', io: io2, options: {}, settings: ['--socketio.allow_eio3=true']};
export const everyTransport = [['polling'], ['websocket'], ['polling', 'websocket']];

/** One test for each client over each transport: `body(t, place)`. */
export function matrix(name, body, {kinds = [json, packed, old], transports = everyTransport} = {}) {
  for (const kind of kinds)
    for (const way of transports)
      test(`${name}: ${kind.name} over ${way.join(' and ')}`, t => body(t, new Place(t, kind, way)));
}

/** A server of the test's own, and how its clients reach it. */
export class Place {
  constructor(t, kind = json, transports = ['websocket']) {
    Object.assign(this, {t, kind, transports});
  }

  async start(...settings) {
    this.server = await startBare(this.t, ...calm, ...this.kind.settings, ...settings);
    return this;
  }

  /** A client that is on its way. */
  newcomer(nsp = '/', options = {}, url = this.server.url) {
    const socket = this.kind.io(url + nsp, {transports: this.transports, forceNew: true, reconnection: false, ...this.kind.options, ...options});
    return new Client(this, socket);
  }

  /** A client that is there. */
  async client(nsp, options, url) {
    const client = this.newcomer(nsp, options, url);
    await client.connects();
    return client;
  }

  clients(count, nsp) { return Promise.all(Array.from({length: count}, () => this.client(nsp))); }

  /** A client that is told who leaves. */
  async watcher(nsp) {
    const watcher = await this.client(nsp);
    await watcher.ask('join', 'watch');
    return watcher;
  }
}

export class Client {
  heard = []; // [event, ...args], in order; connect, disconnect and connect_error among them in brackets
  #taken = new Map(); // how many of each event `hears` gave already
  #hearing = new EventEmitter().setMaxListeners(0);

  constructor(place, socket) {
    this.place = place;
    this.socket = socket;
    place.t.after(() => socket.disconnect());
    socket.on('connect', () => this.#hear('(connect)', Boolean(socket.recovered)));
    socket.on('disconnect', (reason, details) => this.#hear('(disconnect)', reason, details));
    socket.on('connect_error', error => this.#hear('(refused)', error));
    if (socket.onAny)
      socket.onAny((...event) => this.#hear(...event.filter(one => typeof one !== 'function')));
    else
      this.#listenToOld();
  }

  get id() { return this.socket.id; }
  get engine() { return this.socket.io.engine; }

  /** A client of another namespace on the same connection. */
  async beside(nsp) {
    const client = new Client(this.place, this.socket.io.socket(nsp));
    await client.connects();
    return client;
  }

  emit(event, ...args) { this.socket.emit(event, ...args); }
  /** The first argument of the acknowledgement. */
  async ask(event, ...args) { return (await this.asks(event, ...args))[0]; }
  /** The acknowledgement. */
  asks(event, ...args) { return this.#soon(event, resolve => this.socket.emit(event, ...args, (...answer) => resolve(answer))); }

  /** What the server has sent before now has come when this resolves. */
  settle() { return this.ask('getId'); }

  connects() { return this.hears('(connect)'); }
  disconnects() { return this.hears('(disconnect)'); }

  /** What refused it: {message, data}; client 2 knows only one of them. */
  async refused() {
    const [error] = await this.hears('(refused)');
    return typeof error === 'string' || !(error instanceof Error) ? error : {message: error.message, data: error.data};
  }

  /** The arguments of the next such event, heard already or yet to come. */
  async hears(event) {
    const index = this.#taken.get(event) ?? 0;
    this.#taken.set(event, index + 1);
    await this.until(event, () => this.all(event).length > index);
    return this.all(event)[index];
  }

  /** The arguments of all such events so far. */
  all(event) { return this.heard.filter(([name]) => name === event).map(([, ...args]) => args); }

  /** Resolves as soon as `holds()`, which is looked at after each event. */
  until(what, holds) {
    return this.#soon(what, resolve => {
      const look = () => {
        if (!holds())
          return;
        this.#hearing.off('event', look);
        resolve();
      };
      this.#hearing.on('event', look);
      look();
    });
  }

  /** Its transport when all upgrades are done. */
  async upgraded() {
    const {engine} = this;
    if (this.place.transports.length > 1 && engine.transport.name === 'polling')
      await this.#soon('upgrade', resolve => engine.once('upgrade', resolve));
    return engine.transport.name;
  }

  #soon(what, start) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`never came: ${what}; heard: ${JSON.stringify(this.heard).slice(0, 1000)}`)), patience);
      start(value => {
        clearTimeout(late);
        resolve(value);
      });
    });
  }

  #hear(...event) {
    this.heard.push(event);
    this.#hearing.emit('event');
  }

  /** Client 2 has neither a catch-all nor a name of its own for a refusal. */
  #listenToOld() {
    const {socket} = this;
    const onevent = socket.onevent;
    socket.onevent = packet => {
      this.#hear(...packet.data);
      onevent.call(socket, packet);
    };
    socket.on('error', error => this.#hear('(refused)', error));
  }
}
