// What a server counts.

import assert from 'node:assert/strict';

/** The samples of /metrics, by name and labels. */
export async function metrics(server) {
  const answer = await fetch(`${server.url}/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n').filter(line => line && !line.startsWith('#'));
  return Object.fromEntries(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Asks until the samples are as they should be; what is counted may lag behind what a client has seen. */
export async function until(server, what, holds) {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const found = await metrics(server);
    if (holds(found))
      return found;
    assert.ok(performance.now() < deadline, `${what}; found ${JSON.stringify(found, null, 1)}`);
  }
}
