// One person: REST with their token, the official Socket.IO client, and a record of all that this client heard.

import assert from 'node:assert/strict';
import {EventEmitter} from 'node:events';
import {io} from 'socket.io-client';

const patience = 30_000; // for what must come soon; only a failing test waits this long

export class Person {
  heard = []; // {event, data}, in order
  #hearing = new EventEmitter().setMaxListeners(0);

  constructor(server, name, token) {
    this.server = server;
    this.name = name;
    this.token = token;
  }

  // -- REST

  /** Gives {status, body}; a body that is no JSON comes as text. A string is sent as it is, anything else as JSON. */
  async api(method, path, body) {
    const headers = {};
    if (this.token)
      headers.authorization = `Bearer ${this.token}`;
    if (body !== undefined)
      headers['content-type'] = 'application/json';
    const answer = await fetch(this.server.url + path, {method, headers, body: typeof body === 'string' ? body : JSON.stringify(body)});
    const json = answer.headers.get('content-type')?.startsWith('application/json');
    return {status: answer.status, body: await (json ? answer.json() : answer.text())};
  }

  /** Gives the id of a new channel. */
  async createChannel(visibility = 'public') {
    const {status, body} = await this.api('POST', '/api/channels', {name: 'general', visibility});
    assert.equal(status, 201, JSON.stringify(body));
    return body.data.id;
  }

  async joinChannel(channel) {
    const {status, body} = await this.api('POST', `/api/channels/${channel}/join`);
    assert.equal(status, 200, JSON.stringify(body));
  }

  /** The messages of a channel after a seq, all pages. */
  async history(channel, after = 0, limit = 100) {
    const messages = [];
    for (;;) {
      const {status, body} = await this.api('GET', `/api/messages?channelId=${channel}&after=${after}&limit=${limit}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(body.data.length <= limit);
      messages.push(...body.data);
      if (!body.meta.hasMore)
        return messages;
      after = body.data.at(-1).seq;
    }
  }

  // -- the socket

  /** Opens the socket, or opens it again. Resolves when the server has said who this is. */
  async connect(auth = {token: this.token}) {
    const already = this.heard.length;
    if (!this.socket) {
      this.socket = io(this.server.url, {
        auth, transports: this.transports ?? this.server.transports, forceNew: true,
        reconnectionDelay: 10, reconnectionDelayMax: 50, randomizationFactor: 0,
      });
      this.socket.onAny((event, data) => this.#hear(event, data));
      this.socket.on('disconnect', reason => this.#hear('(disconnected)', reason));
    } else
      this.socket.connect();
    await this.until('authenticated', heard => heard.slice(already).some(({event}) => event === 'authenticated'));
    assert.equal(this.heard[already].event, 'authenticated', 'it is the first event');
  }

  /** Closes the socket; connect() opens it again. */
  leave() { this.socket?.disconnect(); }

  #hear(event, data) {
    this.heard.push({event, data});
    this.#hearing.emit('event');
  }

  /** Resolves with what `find(heard)` gives, as soon as that is truthy. */
  until(what, find) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find(this.heard);
        if (found) {
          this.#hearing.off('event', look);
          resolve(found);
        }
      };
      AbortSignal.timeout(patience).addEventListener('abort', () => reject(new Error(`${this.name} never heard: ${what}`)));
      this.#hearing.on('event', look);
      look();
    });
  }

  /** Resolves with the data of the first such event, heard already or yet to come. */
  hears(event, which = () => true) {
    return this.until(event, heard => heard.find(one => one.event === event && which(one.data)))
      .then(({data}) => data);
  }

  /** The data of all such events heard so far. */
  all(event) { return this.heard.filter(one => one.event === event).map(({data}) => data); }

  /** Emits with an ack, and gives the ack. */
  ask(event, ...data) { return this.socket.timeout(patience).emitWithAck(event, ...data); }

  /** Subscribes to a channel; gives the ack {seq, missed, hasMore, …}. */
  async listen(channel, after) {
    const ack = await this.ask('join_channel', {channelId: channel, ...(after !== undefined && {after})});
    assert.equal(ack.ok, true, JSON.stringify(ack));
    return ack;
  }

  /** Sends a message; gives the ack, whatever it says. */
  send(channel, content, more = {}) { return this.ask('send_message', {content, channelId: channel, ...more}); }

  /** Sends a message that must be accepted; gives the ack. */
  async say(channel, content, more) {
    const ack = await this.send(channel, content, more);
    assert.equal(ack.ok, true, JSON.stringify(ack));
    return ack;
  }

  /**
   * Resolves when this socket has heard everything that the channel has said to it so far: the channel's answer to a join,
   * a refusal too, comes after that.
   */
  async settle(channel) { await this.ask('join_channel', {channelId: channel}); }

  contents() { return this.all('new_message').map(({content}) => content); }
}
