// What operators and their machines ask a server.

import assert from 'node:assert/strict';
import http from 'node:http';
import {lock} from './database.mjs';
import {metrics, until} from './metrics.mjs';
import {startServer, test} from './server.mjs';

async function ready(server) {
  const answer = await fetch(`${server.url}/ready`);
  return {http: answer.status, ...await answer.json()};
}

test('health needs no user and says nothing about the store', async t => {
  const server = await startServer(t);
  const answer = await fetch(`${server.url}/health`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), {status: 'ok'});
});

test('not ready while the store cannot write, with the reason; ready again without a restart', async t => {
  const server = await startServer(t, '--store.busy_timeout_ms=50');
  assert.deepEqual(await ready(server), {http: 200, status: 'ready'});
  const unlock = await lock(t, server.database);
  let answer;
  do // the answer of a second ago still holds
    answer = await ready(server);
  while (answer.status === 'ready');
  assert.equal(answer.code, 'unavailable');
  assert.match(answer.reason, /locked/);
  assert.equal(answer.http, 503);
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
  await unlock();
  do
    answer = await ready(server);
  while (answer.status !== 'ready');
});

test('not ready while it drains', async t => {
  const server = await startServer(t, '--store.busy_timeout_ms=60000', '--server.drain_timeout_ms=20000',
                                   '--network.threads=1'); // a thread with nothing to wait for closes at once
  const {channel, people: [ada]} = await server.talkers('ada');
  const unlock = await lock(t, server.database);
  const said = ada.say(channel, 'it is not stored yet, so the drain waits');
  await until(server, 'a message waits', found => found.stentor_persistence_waiting === 1);
  const connection = () => {
    const agent = new http.Agent({keepAlive: true, maxSockets: 1});
    t.after(() => agent.destroy());
    return path => new Promise((resolve, reject) => {
      http.get(server.url + path, {agent}, async answer => {
        let body = '';
        for await (const chunk of answer)
          body += chunk;
        resolve({status: answer.statusCode, body, isLast: answer.headers.connection === 'close'});
      }).on('error', reject);
    });
  };
  const [askFirst, askThen] = [connection(), connection()]; // they stay until the message is stored
  await askFirst('/health');
  await askThen('/health');
  const ended = server.terminate();
  while (!(await askFirst('/health')).isLast);
  const answer = await askThen('/ready'); // it drains by now
  assert.equal(answer.status, 503);
  assert.equal(JSON.parse(answer.body).code, 'shutting_down');
  await unlock();
  await said;
  assert.equal((await ended).code, 0);
});

test('metrics follow what happens', async t => {
  const server = await startServer(t);
  const before = await metrics(server);
  assert.equal(before.process_open_fds > 5, true);
  assert.equal(before.process_resident_memory_bytes > 1e6, true);
  assert.equal(before['stentor_build_info{version="0.1.0"}'], 1);

  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await Promise.all(Array.from({length: 20}, (_, n) => ada.say(channel, `message ${n}`)));
  await bob.until('all', () => bob.contents().length === 20);
  await bob.ask('send_message', {channelId: channel, content: 42});
  await bob.ask('no_such_event');
  await (await fetch(`${server.url}/api/channels`)).text();
  await (await fetch(`${server.url}/nowhere?token=secret`)).text();

  const found = await until(server, 'nothing waits', now => now.stentor_persistence_waiting === 0 && now.stentor_room_pending === 0);
  const expected = {
    'stentor_connections{transport="websocket"}': 2,
    'stentor_connections_opened_total{transport="websocket"}': 2,
    'stentor_sockets': 2,
    'stentor_rooms': 1,
    'stentor_events_in_total{dialect="snake",event="send_message"}': 21,
    'stentor_events_in_total{dialect="(none)",event="(unknown)"}': 1,
    'stentor_events_out_total{dialect="snake",event="message_sent"}': 20,
    'stentor_outbox_backlog_bytes': 0,
    'stentor_errors_total{code="bad_request"}': 1,
    'stentor_errors_total{code="unknown_event"}': 1,
    'stentor_errors_total{code="unauthenticated"}': 1,
    'stentor_errors_total{code="not_found"}': 1,
    'stentor_http_requests_total{method="GET",route="/api/channels",status="401"}': 1,
    'stentor_http_requests_total{method="GET",route="(none)",status="404"}': 1,
    'stentor_http_requests_total{method="POST",route="/api/channels",status="201"}': 1,
  };
  for (const [name, value] of Object.entries(expected))
    assert.equal(found[name], value, name);
  assert.ok(found['stentor_events_out_total{dialect="snake",event="new_message"}'] >= 20, 'once per thread at least');
  assert.ok(found.stentor_broadcast_recipients_sum >= 40, 'two hear each message');
  assert.ok(found.stentor_commit_operations_sum >= 20);
  assert.ok(found.stentor_commit_seconds_count >= 1);
  assert.ok(found.stentor_flush_sends_count >= 1);
  assert.ok(found.stentor_http_sessions >= 1);

  bob.leave();
  const after = await until(server, 'bob has gone', now => now['stentor_connections{transport="websocket"}'] === 1);
  assert.equal(after.stentor_sockets, 1);
  const closed = Object.entries(after).filter(([name]) => name.startsWith('stentor_connections_closed_total'));
  assert.equal(closed.reduce((sum, [, count]) => sum + count, 0), 1);
});

test('metrics have no word of a client\'s in them', async t => {
  const server = await startServer(t);
  const {channel, people: [ada]} = await server.talkers('ada');
  await ada.say(channel, 'lighthouse');
  await ada.ask('lighthouse');
  await (await fetch(`${server.url}/api/channels/lighthouse?lighthouse`, {method: 'GET', headers: {authorization: `Bearer ${ada.token}`}})).text();
  const text = await (await fetch(`${server.url}/metrics`)).text();
  assert.equal(text.match(/lighthouse/), null);
  assert.equal(text.includes(ada.token), false);
});

test('clients that are turned away are counted', async t => {
  const server = await startServer(t, '--network.connections_max=1');
  const ada = await server.visitor('ada');
  const answers = await Promise.all(Array.from({length: 3}, () => fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)));
  assert.deepEqual(answers.map(answer => answer.status), [503, 503, 503]);
  const found = await metrics(server);
  assert.equal(found['stentor_connections_refused_total{reason="full"}'], 3);
  ada.leave();
});

test('stats are for users, and totals only', async t => {
  const server = await startServer(t);
  const nobody = server.person('nobody');
  nobody.token = undefined;
  assert.equal((await nobody.api('GET', '/api/stats')).status, 401);
  const {channel, people: [ada, bob]} = await server.talkers('ada', 'bob');
  await ada.say(channel, 'one');
  await bob.say(channel, 'two');
  const {status, body} = await ada.api('GET', '/api/stats');
  assert.equal(status, 200);
  const {uptime, ...rest} = body.data;
  assert.deepEqual(rest, {users: 2, channels: 1, messages: 2, connections: 2, sockets: 2, liveRooms: 1});
  assert.ok(uptime >= 0);
});
