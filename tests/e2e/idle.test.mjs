// Rooms that nobody needs leave memory, and nobody can tell.

import assert from 'node:assert/strict';
import {until} from './metrics.mjs';
import {startServer, test} from './server.mjs';

test('a room that nobody needs leaves memory and comes back with its past', async t => {
  const server = await startServer(t, '--actors.room_idle_ms=100');
  const ada = await server.visitor('ada');
  const channel = await ada.createChannel();
  for (let round = 0; round < 3; ++round) {
    await ada.say(channel, `round ${round}`);
    await until(server, 'the room is gone', found => found.stentor_rooms === 0);
  }
  const {missed} = await ada.listen(channel, 1);
  assert.deepEqual(missed.map(({data}) => data.content), ['round 0', 'round 1', 'round 2']);
  await until(server, 'it is back', found => found.stentor_rooms === 1);
});

test('nothing is lost between rooms that come and go', async t => {
  const server = await startServer(t, '--actors.room_idle_ms=100');
  const ada = await server.visitor('ada');
  const channels = await Promise.all(Array.from({length: 20}, () => ada.createChannel()));
  const began = performance.now();
  let rounds = 0;
  for (; performance.now() - began < 3000; ++rounds)
    for (const [i, channel] of channels.entries())
      if (rounds % (i + 1) === 0) // some are asked often, some are idle for a while
        await ada.say(channel, `round ${rounds}`);
  for (const [i, channel] of channels.entries()) {
    const expected = Array.from({length: rounds}, (_, n) => n).filter(n => n % (i + 1) === 0).map(n => `round ${n}`);
    assert.deepEqual((await ada.history(channel)).map(({content}) => content), expected);
  }
});
