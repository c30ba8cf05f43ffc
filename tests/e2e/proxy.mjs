// A TCP proxy that loses connections in the ways in which networks do.

import {once} from 'node:events';
import net from 'node:net';

export class Proxy {
  #pairs = new Set(); // [client, server]
  #closed = false;
  #left = Infinity; // bytes, both ways, until it cuts
  #cut = () => {};
  #polls = new Set(); // the connections on which a GET waits for its answer
  #polled = () => {};

  /** A proxy in front of `port`; it ends with the test. */
  static async start(t, port) {
    const proxy = new Proxy();
    proxy.listener = net.createServer(client => proxy.#accept(client, port)).listen(0, '127.0.0.1');
    t.after(() => proxy.#end());
    await once(proxy.listener, 'listening');
    return proxy;
  }

  get url() { return `http://127.0.0.1:${this.listener.address().port}`; }

  /** Cuts all connections. */
  cut() {
    for (const pair of this.#pairs)
      this.#lose(pair);
  }

  /** Cuts all connections, and lets nobody through until `open`. */
  close() {
    this.#closed = true;
    this.cut();
  }

  open() { this.#closed = false; }

  /** The clients of all connections lose them; the server never hears of it. */
  swallow() {
    for (const pair of this.#pairs) {
      const [client, server] = pair;
      this.#polls.delete(pair);
      server.removeAllListeners('data').resume();
      server.removeAllListeners('close');
      client.removeAllListeners('close');
      client.destroy();
    }
  }

  /** Resolves when a GET has gone to the server and was not answered yet. */
  async poll() {
    while (this.#polls.size === 0)
      await new Promise(resolve => { this.#polled = resolve; });
  }

  /** Cuts all connections when `bytes` more have passed; resolves then. */
  cutAfter(bytes) {
    this.#left = bytes;
    return new Promise(resolve => { this.#cut = resolve; });
  }

  #accept(client, port) {
    client.on('error', () => {});
    if (this.#closed) {
      client.destroy();
      return;
    }
    const server = net.connect(port, '127.0.0.1').on('error', () => {});
    const pair = [client, server];
    this.#pairs.add(pair);
    for (const [from, to] of [[client, server], [server, client]]) {
      from.setNoDelay(true);
      from.on('data', bytes => {
        this.#polls.delete(pair);
        const polls = from === client && bytes.toString('latin1', 0, 4) === 'GET ';
        this.#pass(bytes, to, () => polls && this.#watch(pair));
      });
      from.on('end', () => to.end());
      from.on('close', () => this.#lose(pair));
    }
  }

  #watch(pair) {
    if (this.#pairs.has(pair))
      this.#polls.add(pair);
    this.#polled();
  }

  #pass(bytes, to, passed) {
    if (bytes.length < this.#left) {
      this.#left -= bytes.length;
      to.write(bytes, passed);
      return;
    }
    to.end(bytes.subarray(0, this.#left)); // up to this very byte
    this.#left = Infinity;
    for (const pair of this.#pairs)
      this.#lose(pair, to);
    this.#cut();
  }

  /** `last` still gets what was written to it. */
  #lose(pair, last) {
    this.#pairs.delete(pair);
    this.#polls.delete(pair);
    for (const side of pair)
      if (side !== last)
        side.destroy();
  }

  #end() {
    this.listener.close();
    for (const pair of this.#pairs)
      this.#lose(pair);
  }
}
