// Who may do what: every route and every word that clients say × everyone who could try. The tables of the server are read, so
// that a new route or word without a row here fails.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {startServer, test} from './server.mjs';

const source = path => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');
const rows = (text, pattern) => [...text.matchAll(pattern)].map(([, ...found]) => found.join(' '));
const routes = rows(source('api/routes.cpp'), /^ {2}\{"([A-Z]+)", +"([^"]+)"/gm);
const words = ['colon', 'snake'].flatMap(name => rows(source(`dialect/${name}.cpp`), /^ {2}\{"([^"]+)", +parse_/gm));

const roles = ['anonymous', 'stranger', 'ex-member', 'banned', 'muted', 'member', 'moderator', 'owner'];
const listening = ['muted', 'member', 'moderator', 'owner'];

/** A row of the tables: what each of `roles` gets, in order. */
const everyone = status => [401, ...Array(7).fill(status)];
const open = {heard: s => [401, 403, 403, 403, s, s, s, s], moderator: s => [401, 403, 403, 403, 403, 403, s, s],
              owner: s => [401, 403, 403, 403, 403, 403, 403, s]};
const closed = {heard: s => [401, 404, 404, 404, s, s, s, s], moderator: s => [401, 404, 404, 404, 403, 403, s, s],
                owner: s => [401, 404, 404, 404, 403, 403, 403, s]};

const anyone = status => Array(8).fill(status);

/** Route → [query or body, what it gives in a public channel, in a private one]. */
const access = {
  'GET /health': [undefined, anyone(200), anyone(200)],
  'GET /ready': [undefined, anyone(200), anyone(200)],
  'GET /metrics': [undefined, anyone(200), anyone(200)],
  'GET /api/stats': [undefined, everyone(200), everyone(200)],
  'POST /api/auth/local/register': [{username: ':role', password: 'correct horse battery'}, anyone(201), anyone(201)],
  'POST /api/auth/local': [{identifier: ':role', password: 'correct horse battery'}, anyone(200), anyone(200)],
  'POST /api/auth/refresh': [undefined, everyone(403), everyone(403)], // their tokens are another issuer's
  'POST /api/auth/logout': [undefined, everyone(204), everyone(204)], // with a token of its own, below
  'GET /api/users/me': [undefined, everyone(200), everyone(200)],
  'GET /api/users/search': ['?q=boss', everyone(200), everyone(200)],
  'GET /api/users': ['?ids=:userId', everyone(200), everyone(200)],
  'PUT /api/users/:id': [{blocked: true}, everyone(403), everyone(403)], // admins only
  'POST /api/channels': [{name: 'x', visibility: 'public'}, everyone(201), everyone(201)],
  'GET /api/channels': [undefined, everyone(200), everyone(200)],
  'GET /api/channels/:id': [undefined, everyone(200), closed.heard(200)],
  'PATCH /api/channels/:id': [{topic: 'new'}, open.owner(200), closed.owner(200)],
  'DELETE /api/channels/:id': [undefined, open.owner(204), closed.owner(204)],
  'POST /api/channels/:id/join': [undefined, [401, 200, 200, 403, 200, 200, 200, 200], closed.heard(200)],
  'POST /api/channels/:id/leave': [undefined, open.heard(200), closed.heard(200)],
  'PUT /api/channels/:id/read': [{seq: 1}, open.heard(200), closed.heard(200)],
  'GET /api/channels/:id/members': [undefined, open.heard(200), closed.heard(200)],
  'POST /api/channels/:id/members': [{userId: ':newcomer'}, open.moderator(201), closed.moderator(201)],
  'PATCH /api/channels/:id/members/:userId': [{role: 'muted'}, open.moderator(200), closed.moderator(200)],
  'DELETE /api/channels/:id/members/:userId': [undefined, open.moderator(204), closed.moderator(204)],
  'GET /api/messages': ['?channelId=:id', open.heard(200), closed.heard(200)],
};

/** Word → [payload, who may, what says so instead of `ok`]. An anonymous client has no socket to say it on. */
const speaking = ['member', 'moderator', 'owner'];
const sayable = {
  'auth:refresh': [{token: ':token'}, roles.slice(1)],
  'user:get-status': [':boss', listening, ack => ack.status === 'online'],
  'users:get-status': [[':boss'], listening, ack => ack[0].status === 'online'],
  'conversation:get-online-users': [':channel', listening, ack => ack.length > 0],
  join_channel: [{}, listening],
  leave_channel: [{}, listening],
  send_message: [{content: 'x'}, speaking],
  edit_message: [{content: 'y', messageId: ':own'}, speaking],
  delete_message: [{messageId: ':own'}, speaking],
  add_reaction: [{emoji: '🎉', messageId: ':any'}, speaking],
  remove_reaction: [{emoji: '🎂', messageId: ':any'}, speaking],
  typing_start: [{}, speaking],
  typing_stop: [{}, speaking],
  ping: [{}, roles.slice(1)],
};

const idOf = person => person.all('authenticated')[0].userId;

/** The same person with another token. */
function another(server, {name, token}) {
  const again = server.person(name);
  again.token = token && server.token(name, ({claims}) => { claims.nonce = 1; });
  return again;
}

async function must(person, method, path, body) {
  const answer = await person.api(method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body?.data;
}

/** Someone of each role, and as many victims. */
async function cast(server) {
  const people = {anonymous: server.person('anonymous')};
  people.anonymous.token = undefined;
  await Promise.all(['boss', ...roles.slice(1)].map(async role => { people[role] = await server.visitor(role); }));
  const others = await Promise.all(roles.map((_, i) => Promise.all(['victim', 'guest'].map(kind => server.visitor(`${kind} ${i}`)))));
  return {people, victims: others.map(([victim]) => victim), guests: others.map(([, guest]) => guest)};
}

/** A channel with a message of everyone who was ever in it, whom their fate has met since. */
async function channelOf({people, victims}, visibility) {
  const boss = people.boss;
  const {id: channel} = await must(boss, 'POST', '/api/channels', {name: 'matrix', visibility});
  const members = `/api/channels/${channel}/members`;
  const own = {};
  for (const role of roles.slice(2)) {
    await must(boss, 'POST', members, {userId: idOf(people[role])});
    own[role] = (await people[role].say(channel, `of ${role}`)).id;
    await people[role].ask('add_reaction', {channelId: channel, messageId: own[role], emoji: '🎂'});
    if (role === 'ex-member')
      await must(boss, 'DELETE', `${members}/${idOf(people[role])}`);
    else if (role !== 'member')
      await must(boss, 'PATCH', `${members}/${idOf(people[role])}`, {role});
  }
  for (const victim of victims)
    await must(boss, 'POST', members, {userId: idOf(victim)});
  return {channel, own};
}

test('the tables are read', () => {
  assert.ok(routes.includes('GET /api/messages') && words.includes('send_message'), `${routes} ${words}`);
});

for (const [place, visibility] of [[1, 'public'], [2, 'private']])
  test(`routes × everyone, ${visibility} channel`, async t => {
    const server = await startServer(t);
    const all = await cast(server);
    for (const route of routes) {
      assert.ok(access[route], `${route} has no row: say who may`);
      const [payload, ...wanted] = access[route];
      const {channel} = await channelOf(all, visibility);
      for (const [i, role] of roles.entries()) {
        const fill = text => text.replace(':id', channel).replace(':userId', idOf(all.victims[i]))
          .replace(':newcomer', idOf(all.guests[i])).replace(':role', `${role}-${i}`);
        const [method, path] = route.split(' ');
        const query = typeof payload === 'string' ? payload : '';
        const body = typeof payload === 'object' ? JSON.parse(fill(JSON.stringify(payload))) : undefined;
        const person = path.endsWith('/logout') ? another(server, all.people[role]) : all.people[role];
        const {status} = await person.api(method, fill(path + query), body);
        assert.equal(status, wanted[place - 1][i], `${route} as ${role}`);
      }
    }
    for (const route of Object.keys(access))
      assert.ok(routes.includes(route), `${route} is no route`);
  });

for (const visibility of ['public', 'private'])
  test(`words × everyone, ${visibility} channel`, async t => {
    const server = await startServer(t);
    const all = await cast(server);
    const {channel, own} = await channelOf(all, visibility);
    for (const role of listening)
      await all.people[role].listen(channel);
    const outsiders = ['stranger', 'ex-member', 'banned'].map(role => all.people[role]);
    const heard = outsiders.map(person => person.heard.length);
    for (const word of words) {
      assert.ok(sayable[word], `${word} has no row: say who may`);
      const [payload, who, isLetIn = ack => ack.ok] = sayable[word];
      for (const role of roles.slice(1)) {
        const messageId = {':own': own[role] ?? own.member, ':any': own[role] ?? own.member}[payload.messageId];
        const fill = text => text.replace(':boss', idOf(all.people.boss)).replace(':channel', channel).replace(':token', all.people[role].token);
        const filled = JSON.parse(fill(JSON.stringify(payload)));
        const plain = typeof filled === 'string' || Array.isArray(filled);
        const ack = await all.people[role].ask(word, plain ? filled : {channelId: channel, ...filled, ...(messageId && {messageId})});
        assert.equal(isLetIn(ack), who.includes(role), `${word} as ${role}: ${JSON.stringify(ack)}`);
        if (word === 'leave_channel' && ack.ok)
          await all.people[role].listen(channel);
        if (word === 'delete_message' && ack.ok)
          own[role] = (await all.people[role].say(channel, 'another')).id;
        if (word === 'add_reaction' && ack.ok)
          await all.people[role].ask('add_reaction', {channelId: channel, messageId: own[role], emoji: '🎂'});
      }
    }
    for (const word of Object.keys(sayable))
      assert.ok(words.includes(word), `${word} is no word`);
    for (const [i, person] of outsiders.entries())
      assert.deepEqual(person.heard.slice(heard[i]).filter(({event}) => event !== 'pong'), [], `${person.name} hears nothing`);
  });
