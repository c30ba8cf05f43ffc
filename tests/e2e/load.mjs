// Senders that never stop, and what they know to be stored.

import assert from 'node:assert/strict';

/** People who send to one channel, several messages in flight each, until the server goes; what is not acknowledged is sent again. */
export class Load {
  acknowledged = []; // contents, in the order of their acks
  #waiting = new Map(); // clientMessageId -> content
  #next = 0;
  #onAck = () => {};

  constructor(server, channel, people) {
    this.server = server;
    this.channel = channel;
    this.people = people;
  }

  /** `members` people with open sockets in a new channel. */
  static async start(server, members) {
    const {channel, people} = await server.talkers(...Array.from({length: members}, (_, i) => `sender ${i}`));
    return new Load(server, channel, people);
  }

  /** Sends until the connections break; resolves when `count` more are acknowledged. */
  run(count, inFlight = 8) {
    const enough = this.acknowledged.length + count;
    return new Promise(resolve => {
      this.#onAck = () => { if (this.acknowledged.length >= enough) resolve(); };
      for (const person of this.people)
        for (let i = 0; i < inFlight; ++i)
          this.#send(person);
    });
  }

  async #send(person) {
    for (;;) {
      const id = `${this.#next++}`, content = `${person.name}: ${id}`;
      this.#waiting.set(id, {person, content});
      if (!await this.#try(id))
        return;
    }
  }

  async #try(id) {
    const {person, content} = this.#waiting.get(id);
    const ack = await person.send(this.channel, content, {clientMessageId: id}).catch(() => null); // null: the connection broke
    if (!ack?.ok)
      return false;
    assert.equal(ack.content, content);
    this.#waiting.delete(id);
    this.acknowledged.push(content);
    this.#onAck();
    return true;
  }

  /** With the server back: everybody comes back, and what was not acknowledged is sent once more. */
  async resume() {
    for (const person of this.people)
      person.leave();
    await Promise.all(this.people.map(async person => {
      await person.connect();
      await person.listen(this.channel);
    }));
    const results = await Promise.all([...this.#waiting.keys()].map(id => this.#try(id)));
    assert.ok(results.every(Boolean), 'what was not acknowledged is accepted when it is sent again');
  }

  /** Everything acknowledged is stored once, nothing else is but what was sent, and no operation's seq is missing. */
  async verify() {
    const [reader] = this.people;
    const messages = await reader.history(this.channel);
    const contents = messages.map(({content}) => content);
    assert.equal(new Set(contents).size, contents.length, 'nothing is stored twice');
    const stored = new Set(contents), known = new Set([...this.acknowledged, ...[...this.#waiting.values()].map(({content}) => content)]);
    assert.deepEqual(this.acknowledged.filter(content => !stored.has(content)), [], 'everything acknowledged is stored');
    assert.deepEqual(contents.filter(content => !known.has(content)), [], 'nothing is stored that nobody sent');
    return messages;
  }
}
