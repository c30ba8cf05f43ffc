// A stentord of a test's own: a directory of its own, a port that the system chose, a secret that the test knows.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createHmac, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {test as nodeTest} from 'node:test';
import {fileURLToPath} from 'node:url';

import {Person} from './person.mjs';

export const binary = process.env.STENTOR ?? fileURLToPath(new URL('../../build/release/stentord', import.meta.url));
const threads = process.env.NETWORK_THREADS ?? '1';
const hung = 120_000; // far more than any test takes: only what hangs is cut off

/** Tests act faster than people; those of rates set their own. */
const unhurried = ['events', 'messages', 'changes', 'joins', 'typing', 'queries', 'requests', 'reads', 'connects', 'logins']
  .map(action => `--limits.rate.${action}=1000000000`);

/** The variables of this process without those that stentord reads. */
export function environment(more = {}) {
  const {DATABASE_URL, JWT_SECRET, HOST, PORT, FRONTEND_URL, CLIENT_URL, ...others} = process.env;
  return {...others, ...more};
}

/** A test that cannot hang. */
export const test = (name, ...rest) => nodeTest(name, {timeout: hung, ...(rest.length > 1 && rest[0])}, rest.at(-1));

/** A server for the test `t`, not started yet. It ends with the test, which fails unless it exits with 0. */
export function newServer(t, ...settings) {
  const server = new Server(mkdtempSync(join(tmpdir(), 'stentor-e2e-')), settings);
  t.after(() => server.end());
  return server;
}

export async function startServer(t, ...settings) {
  const server = newServer(t, ...settings);
  await server.start();
  return server;
}

class Server {
  secret = randomBytes(48).toString('base64');
  port = 0;
  transports = (process.env.TRANSPORTS ?? 'websocket').split(',');
  people = [];
  #process;
  #errors = '';

  constructor(directory, settings) {
    this.directory = directory;
    this.settings = settings;
  }

  get pid() { return this.#process.pid; }
  get url() { return `http://127.0.0.1:${this.port}`; }
  /** What it has written to stderr since it was started. */
  get log() { return this.#errors; }
  get database() { return join(this.directory, 'stentor.db'); }

  /** Resolves when it listens; with the port of the time before, if there was one. Gives the milliseconds that this took. */
  async start() {
    const began = performance.now();
    this.#process = spawn(
      binary,
      ['--server.host=127.0.0.1', `--server.port=${this.port}`, `--server.data_dir=${this.directory}`, `--network.threads=${threads}`,
       '--auth.auto_provision=true', '--log.level=warn', '--log.format=text', ...unhurried, ...this.settings],
      {env: environment({JWT_SECRET: this.secret}), stdio: ['ignore', 'pipe', 'pipe']});
    this.exit = once(this.#process, 'exit');
    this.#errors = '';
    this.#process.stderr.setEncoding('utf8').on('data', text => { this.#errors += text; });
    const lines = createInterface({input: this.#process.stdout});
    const ready = once(lines, 'line');
    const ended = this.exit.then(([code, signal]) => { throw new Error(`stentord ended (${code ?? signal}) unasked:\n${this.#errors}`); });
    ended.catch(() => {}); // matters only until it is ready
    const [line] = await Promise.race([ready, ended]);
    lines.on('line', more => assert.fail(`stdout is for the ready line only, found: ${more}`));
    assert.match(line, /^ready \{.*\}$/);
    const {host, port, pid} = JSON.parse(line.slice('ready '.length));
    assert.equal(host, '127.0.0.1');
    assert.equal(pid, this.#process.pid);
    this.port = port;
    return performance.now() - began;
  }

  /** Asks it to end, and gives what it ended with. */
  async terminate() {
    this.#process.kill('SIGTERM');
    const [code, signal] = await this.exit;
    return {code, signal};
  }

  /** Ends it as an operator does; resolves when it is gone and all went well. */
  async stop() {
    const began = performance.now();
    const {code, signal} = await this.terminate();
    const ms = performance.now() - began;
    assert.equal(code ?? signal, 0, `stentord exits with 0 after SIGTERM; stderr:\n${this.#errors}`);
    assert.ok(ms < 5000, `it takes less than 5 s, not ${Math.round(ms)} ms`);
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  /** Ends it as a power cut does; start() brings it back. */
  async kill9() {
    this.#process.kill('SIGKILL');
    await this.exit;
  }

  async end() {
    for (const person of this.people)
      person.leave();
    try {
      if (this.#process && this.#process.exitCode === null && this.#process.signalCode === null)
        await this.stop();
    } finally {
      rmSync(this.directory, {recursive: true, force: true});
    }
  }

  /** An HS256 token as an identity provider would make it; `change` edits header, claims and secret. */
  token(subject, change = () => {}) {
    const now = Math.floor(Date.now() / 1000);
    const parts = {
      header: {alg: 'HS256', typ: 'JWT'},
      claims: {iss: 'https://id.example', sub: subject, name: subject, iat: now, exp: now + 3600},
      secret: this.secret,
    };
    change(parts);
    const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode(parts.header)}.${encode(parts.claims)}`;
    return `${signed}.${createHmac('sha256', parts.secret).update(signed).digest('base64url')}`;
  }

  /** Someone with a token, not connected yet. */
  person(name) {
    const person = new Person(this, name, this.token(name));
    this.people.push(person);
    return person;
  }

  /** Someone with a token and an open socket. */
  async visitor(name) {
    const person = this.person(name);
    await person.connect();
    return person;
  }

  /** People with open sockets who are members of one new public channel and listen to it. */
  async talkers(...names) {
    const people = await Promise.all(names.map(name => this.visitor(name)));
    const channel = await people[0].createChannel();
    for (const person of people.slice(1))
      await person.joinChannel(channel);
    for (const person of people)
      await person.listen(channel);
    return {channel, people};
  }
}
