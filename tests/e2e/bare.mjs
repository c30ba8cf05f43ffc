// The protocol server of examples/, without chat, and what talks to it below the official client. With PEER=reference the server is that
// of reference.mjs.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import net from 'node:net';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import WebSocket from 'ws';

const stentord = process.env.STENTOR ?? fileURLToPath(new URL('../../build/release/stentord', import.meta.url));
const command = process.env.PEER === 'reference' ? [process.execPath, fileURLToPath(new URL('reference.mjs', import.meta.url))]
                                                 : [join(dirname(stentord), 'bare_protocol_server')];
const threads = process.env.NETWORK_THREADS ?? '1';

export const unknownSid = '{"code":1,"message":"Session ID unknown"}';

/** Whether the tests talk to npm `socket.io`, which differs from this server in what is said to be ours alone. */
export const againstReference = process.env.PEER === 'reference';

/** A server for the test `t`; it ends with the test, which fails unless it exits with 0. */
export async function startBare(t, ...settings) {
  const [program, ...script] = command;
  const child = spawn(program, [...script, '--server.host=127.0.0.1', '--server.port=0', `--network.threads=${threads}`, '--log.level=warn', ...settings],
                      {stdio: ['ignore', 'pipe', 'inherit']});
  const exit = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
  });
  const [line] = await once(createInterface({input: child.stdout}), 'line');
  return new Bare(JSON.parse(line.slice('ready '.length)).port, child.pid);
}

/** Gives {status, body, headers} of an Engine.IO request. */
async function request({url}, query, options) {
  const answer = await fetch(`${url}/socket.io/?${query}`, options);
  return {status: answer.status, body: await answer.text(), headers: answer.headers};
}

/** Opens a session that polls. */
export async function pollerOf(server) {
  const {status, body} = await request(server, 'EIO=4&transport=polling');
  assert.equal(status, 200);
  return new Poller(server, JSON.parse(body.slice(1)).sid);
}

class Bare {
  constructor(port, pid) {
    this.port = port;
    this.pid = pid;
  }

  get url() { return `http://127.0.0.1:${this.port}`; }

  request(query, options) { return request(this, query, options); }

  poller() { return pollerOf(this); }

  websocket(query = 'EIO=4&transport=websocket') {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/socket.io/?${query}`);
    socket.on('error', () => {});
    const messages = [];
    let wake = () => {};
    socket.on('message', (data, isBinary) => {
      messages.push(isBinary ? data : String(data));
      wake();
    });
    socket.closed = once(socket, 'close');
    /** The next message. */
    socket.next = async () => {
      while (messages.length === 0)
        await new Promise(resolve => { wake = resolve; });
      return messages.shift();
    };
    return socket;
  }

  /** A TCP connection with nothing on it. */
  async tcp(options = {}) {
    const socket = net.connect({port: this.port, host: '127.0.0.1', ...options});
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }
}

class Poller {
  constructor(server, sid) {
    this.server = server;
    this.sid = sid;
    this.query = `EIO=4&transport=polling&sid=${sid}`;
  }

  poll(options) { return request(this.server, this.query, options); }
  post(body, headers = {}) { return request(this.server, this.query, {method: 'POST', body, headers: {'content-type': 'text/plain;charset=UTF-8', ...headers}}); }

  /** Polls for texts until one of them is wanted; gives all packets so far. */
  async pollUntil(wanted) {
    const packets = [];
    while (!packets.some(packet => wanted(packet))) {
      const {status, body} = await this.poll();
      assert.equal(status, 200);
      packets.push(...body.split('\x1e'));
    }
    return packets;
  }

  async assertGone() {
    const {status, body} = await this.poll();
    assert.deepEqual({status, body}, {status: 400, body: unknownSid});
  }
}
