// Debian's python3-socketio, with threads and with asyncio, over each transport.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {everyTransport, Place} from './clients.mjs';
import {test} from './server.mjs';

const script = fileURLToPath(new URL('client.py', import.meta.url));
const bytes = text => ({bytes: Buffer.from(text).toString('base64')});

class Python {
  constructor(t, kind, place, nsp) {
    this.child = spawn('/usr/bin/python3', [script, kind, place.server.url, nsp, ...place.transports], {stdio: ['pipe', 'pipe', 'inherit']});
    this.exit = once(this.child, 'exit');
    this.lines = createInterface({input: this.child.stdout})[Symbol.asyncIterator]();
    t.after(() => {
      this.child.kill('SIGKILL');
      return this.exit;
    });
  }

  say(...command) { this.child.stdin.write(`${JSON.stringify(command)}\n`); }

  /** The next thing that it tells. */
  async next() {
    const {value, done} = await this.lines.next();
    assert.ok(!done, 'it goes on');
    return JSON.parse(value);
  }

  /** What it tells next of this kind; it tells of the others in passing. */
  async hears(...kind) {
    for (;;) {
      const told = await this.next();
      if (kind.every((word, i) => told[i] === word))
        return told.slice(kind.length);
    }
  }

  async call(event, ...args) {
    this.say('call', event, args);
    return (await this.hears('ack'))[0];
  }
}

for (const kind of ['sync', 'async'])
  for (const transports of everyTransport)
    test(`python3-socketio, ${kind}, over ${transports.join(' and ')}`, async t => {
      const place = await new Place(t, undefined, transports).start();
      const python = new Python(t, kind, place, '/dynamic-7');
      const [sid] = await python.hears('connect');
      const ada = await place.watcher('/dynamic-7');
      assert.equal(await python.call('getId'), sid);

      const args = [1, 'zwei', {three: [true, null]}, bytes('four')];
      python.say('emit', 'message', args);
      assert.deepEqual(await python.hears('heard', 'message-back'), [args]);
      assert.deepEqual(await python.call('echo', bytes('echo')), bytes('echo'));
      assert.deepEqual(await python.call('message-with-ack', 1, 'two'), [1, 'two']);
      python.say('emit', 'ask-in', [20_000, 'who?', bytes('b')]);
      assert.deepEqual(await python.hears('heard', 'answer'), [['who?', bytes('b')]]);

      assert.equal(await python.call('join', 'room'), null);
      await ada.ask('tell', {rooms: ['room']}, 'news', Buffer.from('for a room'), 'text');
      assert.deepEqual(await python.hears('heard', 'news'), [[bytes('for a room'), 'text']]);
      assert.deepEqual(await ada.asks('ask-all', {rooms: [sid], timeout_ms: 20_000}, 'question', 'you'), [null, ['you']]);
      python.say('emit', 'tell', [{others: true}, 'news', 'from Python']);
      assert.deepEqual(await ada.hears('news'), ['from Python']);

      python.say('disconnect');
      assert.equal((await ada.hears('gone'))[0], sid);
      assert.deepEqual(await python.exit, [0, null]);
    });

test('python3-socketio is let in and refused', async t => {
  const place = await new Place(t).start();
  const guest = new Python(t, 'sync', place, '/guarded');
  await guest.hears('connect');
  assert.deepEqual(await new Python(t, 'sync', place, '/no').hears('refused'), [{message: 'Auth failed (custom namespace)'}]);
  assert.deepEqual(await new Python(t, 'async', place, '/random').hears('refused'), [{message: 'Invalid namespace'}]);
  guest.say('emit', 'leave-me', [true]);
  await guest.hears('disconnect');
});
