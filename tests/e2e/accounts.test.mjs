// Accounts with a password: register, log in, refresh, log out; cookies; tokens that end.

import assert from 'node:assert/strict';
import {once} from 'node:events';
import {io} from 'socket.io-client';
import {startServer, test} from './server.mjs';

const password = 'correct horse battery';

/** A request as a browser would make it. Gives {status, body, cookie, headers}. */
async function call(server, method, path, {body, token, cookie, origin} = {}) {
  const headers = {
    ...(body !== undefined && {'content-type': 'application/json'}),
    ...(token && {authorization: `Bearer ${token}`}),
    ...(cookie && {cookie}),
    ...(origin && {origin}),
  };
  const answer = await fetch(server.url + path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
  const text = await answer.text();
  return {status: answer.status, body: text ? JSON.parse(text) : null, cookie: answer.headers.get('set-cookie'), headers: answer.headers};
}

const register = (server, username, more = {}) => call(server, 'POST', '/api/auth/local/register', {body: {username, password, ...more}});
const logIn = (server, identifier, secret = password) => call(server, 'POST', '/api/auth/local', {body: {identifier, password: secret}});
const me = (server, token) => call(server, 'GET', '/api/users/me', {token});

/** Someone with an account here, connected. */
async function member(server, name, transports = ['websocket']) {
  const {status, body} = await register(server, name);
  assert.equal(status, 201, JSON.stringify(body));
  const person = server.person(name);
  Object.assign(person, {token: body.jwt, transports});
  await person.connect();
  return person;
}

/** The error with which a socket is refused; anything else fails. */
async function refusal(t, server, auth, more = {}) {
  const socket = io(server.url, {auth, transports: ['websocket'], forceNew: true, reconnection: false, ...more});
  t.after(() => socket.disconnect());
  const [error] = await Promise.race([once(socket, 'connect_error'),
                                      once(socket, 'connect').then(() => { throw new Error('let in'); })]);
  return error;
}

test('register, log in, look at oneself, talk', async t => {
  const server = await startServer(t);
  const made = await register(server, 'ada', {email: 'Ada@Example.org'});
  assert.equal(made.status, 201);
  assert.equal(typeof made.body.user.id, 'number');
  assert.deepEqual({...made.body.user, id: 0}, {id: 0, username: 'ada', email: 'Ada@Example.org', image: null, role: 'authenticated'});
  assert.match(made.cookie, /^accessToken=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600$/);
  for (const identifier of ['ada', 'ada@example.ORG']) {
    const {status, body} = await logIn(server, identifier);
    assert.equal(status, 200, identifier);
    assert.deepEqual(body.user, made.body.user);
    assert.deepEqual((await me(server, body.jwt)).body, made.body.user);
  }
  const claims = JSON.parse(Buffer.from(made.body.jwt.split('.')[1], 'base64url'));
  assert.equal(claims.sub, String(made.body.user.id));
  assert.equal(claims.role, 'authenticated');
  assert.ok(claims.jti.length >= 20);
  const ada = server.person('ada');
  ada.token = made.body.jwt;
  await ada.connect();
  const channel = await ada.createChannel();
  await ada.listen(channel);
  await ada.say(channel, 'hello');
  assert.equal((await ada.hears('new_message')).user.name, 'ada');
  await server.restart();
  assert.equal((await logIn(server, 'ada')).status, 200, 'accounts outlive the process');
});

test('what cannot be registered', async t => {
  const server = await startServer(t);
  await register(server, 'ada', {email: 'ada@example.org'});
  const table = [
    [{username: 'ada'}, 409], [{username: 'eve', email: 'ADA@example.org'}, 409],
    [{}, 400], [{username: ''}, 400], [{username: 7}, 400], [{username: 'eve@example.org'}, 400], [{username: 'x'.repeat(65)}, 400],
    [{username: 'eve', email: 'nowhere'}, 400], [{username: 'eve', email: 7}, 400],
    [{username: 'eve', password: 'short'}, 400], [{username: 'eve', password: 'password123'}, 400], [{username: 'eve', password: 12345678}, 400],
    [{username: 'eve', password: 'x'.repeat(1025)}, 400], [{username: 'eve', password: null}, 400],
  ];
  for (const [body, wanted] of table) {
    const {status, body: answer} = await call(server, 'POST', '/api/auth/local/register', {body: {password, ...body}});
    assert.equal(status, wanted, JSON.stringify(body).slice(0, 80));
    assert.equal(answer.error.status, wanted);
  }
  assert.equal((await register(server, 'eve', {password: 'x'.repeat(1024), role: 'admin', blocked: false})).body.user.role, 'authenticated');
  const closed = await startServer(t, '--auth.registration=false');
  assert.equal((await register(closed, 'ada')).status, 403);
});

test('a wrong password and an unknown user get the same answer', async t => {
  const server = await startServer(t);
  await register(server, 'ada');
  server.person('provisioned'); // has no password
  const answers = [await logIn(server, 'ada', 'wrong horse battery'), await logIn(server, 'nobody'), await logIn(server, 'ada@example.org')];
  for (const {status, body, cookie} of answers) {
    assert.equal(status, 401);
    assert.deepEqual(body, answers[0].body);
    assert.equal(cookie, null);
  }
  assert.equal(answers[0].body.error.message, 'Invalid identifier or password');
  for (const body of [{}, {identifier: 'ada'}, {identifier: 7, password}, {identifier: 'ada', password: 7}, {identifier: 'ada', password: 'x'.repeat(1025)}])
    assert.equal((await call(server, 'POST', '/api/auth/local', {body})).status, 400);
});

test('guessing gets slow, for known and unknown accounts alike', async t => {
  const server = await startServer(t);
  await register(server, 'ada');
  for (const name of ['ada', 'nobody']) {
    const seen = [];
    for (let i = 0; i < 5; ++i)
      seen.push(await logIn(server, name, `guess number ${i}`));
    assert.deepEqual(seen.map(({status}) => status), [401, 401, 401, 429, 429], name);
    assert.ok(Number(seen[3].headers.get('retry-after')) >= 1);
    assert.equal(seen[3].body.error.details.code, 'rate_limited');
    assert.equal((await logIn(server, name)).status, 429, 'the right password waits, too');
  }
});

test('an address may not log in more often than limits.rate.logins', async t => {
  const server = await startServer(t, '--limits.rate.logins=12');
  const statuses = [];
  for (let i = 0; i < 4; ++i)
    statuses.push((await register(server, `person ${i}`)).status);
  assert.deepEqual(statuses, [201, 201, 429, 429]);
});

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']])
  test(`logging out closes the live connections of that token only, ${transports}`, async t => {
    const server = await startServer(t);
    const phone = await member(server, 'ada', transports);
    const desk = server.person('ada');
    desk.token = (await logIn(server, 'ada')).body.jwt;
    await desk.connect();
    const out = await call(server, 'POST', '/api/auth/logout', {token: phone.token});
    assert.equal(out.status, 204);
    assert.match(out.cookie, /^accessToken=; .*Max-Age=0$/);
    assert.equal(await phone.hears('(disconnected)'), 'io server disconnect');
    assert.deepEqual((await refusal(t, server, {token: phone.token})).data, {code: 'invalid_token', message: 'Authentication error', reason: 'revoked'});
    assert.equal((await me(server, phone.token)).status, 401);
    await desk.settle();
    assert.deepEqual(desk.all('(disconnected)'), []);
    assert.equal((await me(server, desk.token)).status, 200);
    await server.restart();
    assert.equal((await me(server, phone.token)).status, 401, 'it stays revoked');
    assert.equal((await me(server, desk.token)).status, 200);
  });

test('a token of another issuer can be logged out, and not be refreshed', async t => {
  const server = await startServer(t);
  const bob = await server.visitor('bob');
  assert.equal((await call(server, 'POST', '/api/auth/refresh', {token: bob.token})).status, 403);
  assert.equal((await call(server, 'POST', '/api/auth/logout', {token: bob.token})).status, 204);
  await bob.hears('(disconnected)');
  assert.equal((await me(server, bob.token)).status, 401);
});

test('a blocked user is closed, refused everywhere, and let in again', async t => {
  const server = await startServer(t, '--auth.trust_role_claim=true');
  const ada = await member(server, 'ada');
  const {id} = (await me(server, ada.token)).body;
  const admin = server.token('root', ({claims}) => { claims.role = 'admin'; });
  assert.equal((await call(server, 'PUT', `/api/users/${id}`, {token: ada.token, body: {blocked: true}})).status, 403);
  assert.equal((await call(server, 'PUT', '/api/users/999999', {token: admin, body: {blocked: true}})).status, 404);
  assert.equal((await call(server, 'PUT', `/api/users/${id}`, {token: admin, body: {blocked: 1}})).status, 400);
  assert.equal((await call(server, 'PUT', `/api/users/${id}`, {token: admin, body: {blocked: true}})).status, 200);
  assert.equal(await ada.hears('(disconnected)'), 'io server disconnect');
  assert.equal((await refusal(t, server, {token: ada.token})).data.reason, 'blocked');
  assert.equal((await me(server, ada.token)).status, 401);
  assert.equal((await logIn(server, 'ada')).status, 401);
  assert.equal((await call(server, 'PUT', `/api/users/${id}`, {token: admin, body: {blocked: false}})).status, 200);
  assert.equal((await me(server, ada.token)).status, 200);
});

test('a role claim counts only if it is trusted', async t => {
  const server = await startServer(t);
  const token = server.token('eve', ({claims}) => { claims.role = 'admin'; });
  assert.equal((await me(server, token)).body.role, 'authenticated');
});

test('the cookie lets its own origin in, and no other change anything', async t => {
  const server = await startServer(t, '--cors.origins=https://chat.example', '--security.check_origin=false');
  const {body: {jwt}} = await register(server, 'ada');
  const cookie = `theme=dark; accessToken=${jwt}`;
  const channel = origin => call(server, 'POST', '/api/channels', {cookie, origin, body: {name: 'general', visibility: 'public'}});
  for (const origin of [undefined, server.url, 'https://chat.example'])
    assert.equal((await channel(origin)).status, 201, origin);
  for (const origin of ['https://evil.example', 'null', 'https://chat.example.evil.example', 'https://evilchat.example', 'http://127.0.0.1:1'])
    assert.equal((await channel(origin)).status, 403, origin);
  assert.equal((await call(server, 'GET', '/api/users/me', {cookie, origin: 'https://evil.example'})).status, 200, 'the browser keeps the answer from it');
  const socket = io(server.url, {transports: ['websocket'], forceNew: true, extraHeaders: {cookie, origin: server.url}});
  t.after(() => socket.disconnect());
  await once(socket, 'authenticated');
  const foreign = await refusal(t, server, {}, {extraHeaders: {cookie, origin: 'https://evil.example'}});
  assert.equal(foreign.message, 'Authentication token required');
});

test('a token that expires takes its socket with it, unless another one comes', async t => {
  const server = await startServer(t, '--auth.expiry_grace_ms=300');
  const brief = () => server.token('ada', ({claims}) => { claims.exp = claims.iat + 2; });
  const [ada, late, refreshed] = ['ada', 'ada', 'ada'].map(name => server.person(name));
  for (const person of [ada, late, refreshed])
    person.token = brief();
  await Promise.all([ada.connect(), late.connect(), refreshed.connect()]);
  const channel = await refreshed.createChannel();
  await late.listen(channel); // has spoken snake
  const longer = server.token('ada');
  const ack = await refreshed.ask('auth:refresh', {token: longer});
  assert.equal(ack.ok, true, JSON.stringify(ack));
  assert.ok(Date.parse(ack.expiresAt) > Date.now() + 3_000_000);
  for (const token of ['nonsense', server.token('bob'), brief() + 'x', 7])
    assert.equal((await refreshed.ask('auth:refresh', {token})).ok, false);

  assert.deepEqual(await late.hears('auth:expired'), {});
  assert.equal((await late.hears('error')).message, 'Authentication failed');
  const refused = await late.send(channel, 'too late');
  assert.equal(refused.code, 'invalid_token');
  await ada.hears('auth:expired');
  assert.deepEqual(ada.all('error'), [], 'only sockets that spoke snake hear it as an error');
  assert.equal((await ada.ask('auth:refresh', {token: longer})).ok, true, 'in the grace there is still time');
  assert.equal(await late.hears('(disconnected)'), 'io server disconnect');
  for (const person of [ada, refreshed]) {
    await person.settle();
    assert.deepEqual(person.all('(disconnected)'), []);
  }
  assert.deepEqual(refreshed.all('auth:expired'), []);
});

test('refreshed sockets belong to their new token', async t => {
  const server = await startServer(t);
  const ada = await member(server, 'ada');
  const first = ada.token;
  const {status, body} = await call(server, 'POST', '/api/auth/refresh', {token: first});
  assert.equal(status, 200);
  assert.equal((await ada.ask('auth:refresh', {token: body.jwt})).ok, true);
  await call(server, 'POST', '/api/auth/logout', {token: first});
  await ada.settle();
  assert.deepEqual(ada.all('(disconnected)'), []);
  await call(server, 'POST', '/api/auth/logout', {token: body.jwt});
  await ada.hears('(disconnected)');
});

test('without auth.required guests are let in, and can do nothing that needs a user', async t => {
  const server = await startServer(t, '--auth.required=false');
  const socket = io(server.url, {transports: ['websocket'], forceNew: true});
  t.after(() => socket.disconnect());
  await once(socket, 'connect');
  const ask = (event, data) => socket.timeout(30_000).emitWithAck(event, data);
  for (const [event, data] of [['join_channel', {channelId: '1'}], ['send_message', {channelId: '1', content: 'x'}], ['auth:refresh', {token: 'x'}]]) {
    const {ok, error, code} = await ask(event, data);
    assert.deepEqual({ok, error, code}, {ok: false, error: 'Authentication required', code: 'unauthenticated'}, event);
  }
  assert.deepEqual(await ask('user:get-status', 1), {userId: '1', status: 'offline'});
  assert.deepEqual(await ask('conversation:get-online-users', 1), []);
  assert.equal((await refusal(t, server, {token: 'nonsense'})).message, 'Invalid token');
  assert.equal((await call(server, 'GET', '/api/channels')).status, 401);
});

test('users are found by id and by the beginning of their name', async t => {
  const server = await startServer(t);
  const {body: {jwt: token, user}} = await register(server, 'ada', {email: 'ada@example.org'});
  for (const name of ['Adam', 'bob', 'ad%m', '100%', 'a_b'])
    await register(server, name);
  const names = async query => (await call(server, 'GET', `/api/users/search?q=${encodeURIComponent(query)}`, {token})).body.data.map(({name}) => name);
  assert.deepEqual(await names('AD'), ['ad%m', 'ada', 'Adam']);
  assert.deepEqual(await names('ad%'), ['ad%m']);
  assert.deepEqual(await names('%'), []);
  assert.deepEqual(await names('a_'), ['a_b']);
  assert.deepEqual(await names("' OR 1=1 --"), []);
  const found = await call(server, 'GET', `/api/users?ids=${user.id},999999`, {token});
  assert.deepEqual(found.body.data, [{id: String(user.id), name: 'ada', image: null}], 'no e-mail address for others');
  for (const path of ['/api/users/search', '/api/users/search?q=', `/api/users/search?q=${'x'.repeat(65)}`, '/api/users?ids=x', '/api/users?ids=1,,2',
                      `/api/users?ids=${Array(101).fill(1)}`])
    assert.equal((await call(server, 'GET', path, {token})).status, 400, path.slice(0, 40));
  assert.equal((await call(server, 'GET', '/api/users?ids=', {token})).status, 200);
});
