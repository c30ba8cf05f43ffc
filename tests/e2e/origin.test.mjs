// Who may connect from a browser's page.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {io} from 'socket.io-client';
import {startServer, test} from './server.mjs';

/** How the official client fares from a page of `origin`: "connected", or the status that refused it. */
async function attempt(t, server, origin, transport) {
  const socket = io(server.url, {
    transports: [transport], forceNew: true, reconnection: false, auth: {token: server.token('ada')}, extraHeaders: {origin},
  });
  t.after(() => socket.disconnect());
  const [outcome] = await Promise.race([once(socket, 'connect').then(() => ['connected']), once(socket, 'connect_error')]);
  return outcome.description ? String(outcome.description.message ?? outcome.description) : outcome;
}

test('pages of this host and of cors.origins may connect, and no others', async t => {
  const server = await startServer(t, '--cors.origins=https://chat.example', '--security.allowed_origins=capacitor://localhost');
  for (const transport of ['polling', 'websocket']) {
    for (const origin of [server.url, 'https://chat.example', 'capacitor://localhost'])
      assert.equal(await attempt(t, server, origin, transport), 'connected', `${origin} over ${transport}`);
    for (const origin of ['https://evil.example', 'https://chat.example.evil.example', 'https://evilchat.example', 'null', 'http://127.0.0.1:1'])
      assert.match(await attempt(t, server, origin, transport), transport === 'polling' ? /403/ : /400/, `${origin} over ${transport}`);
  }
});

test('without security.check_origin every page may', async t => {
  const server = await startServer(t, '--security.check_origin=false');
  for (const transport of ['polling', 'websocket'])
    assert.equal(await attempt(t, server, 'https://evil.example', transport), 'connected', transport);
});
