// The official client, served to browsers.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import vm from 'node:vm';
import WebSocket from 'ws';
import {startServer, test} from './server.mjs';

const packageOf = path => fileURLToPath(new URL(`../../web/node_modules/socket.io/${path}`, import.meta.url));
const {version} = JSON.parse(readFileSync(packageOf('package.json')));
const files = ['socket.io.js', 'socket.io.min.js', 'socket.io.esm.min.js', 'socket.io.msgpack.min.js'].flatMap(name => [name, `${name}.map`]);

test('every file, as the package has it', async t => {
  const server = await startServer(t);
  for (const name of files) {
    const answer = await fetch(`${server.url}/socket.io/${name}?v=${version}`);
    assert.equal(answer.status, 200, name);
    assert.equal(answer.headers.get('content-type'), name.endsWith('.map') ? 'application/json; charset=utf-8' : 'application/javascript; charset=utf-8');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=0');
    assert.equal(answer.headers.get('etag'), `"${version}"`);
    assert.equal(await answer.text(), readFileSync(packageOf(`client-dist/${name}`), 'utf8'), name);
  }
});

test('a client that has it already is told so', async t => {
  const server = await startServer(t);
  for (const [known, status] of [[`"${version}"`, 304], [`W/"${version}"`, 304], ['"0.0.1"', 200], [version, 200]]) {
    const answer = await fetch(`${server.url}/socket.io/socket.io.js`, {headers: {'if-none-match': known}});
    assert.equal(answer.status, status, known);
    assert.equal(answer.headers.get('etag'), `"${version}"`);
    assert.equal((await answer.text()).length > 0, status === 200);
  }
});

test('other names, and other methods, are Engine.IO\'s', async t => {
  const server = await startServer(t);
  for (const [method, path] of [['GET', 'socket.io.xyz'], ['GET', 'admin.js'], ['GET', '../socket.io.js'], ['POST', 'socket.io.js'], ['GET', 'a/socket.io.js']]) {
    const answer = await fetch(`${server.url}/socket.io/${path}`, {method});
    assert.ok([400, 404].includes(answer.status), path);
  }
});

test('not served if so set', async t => {
  const server = await startServer(t, '--socketio.serve_client=false');
  const answer = await fetch(`${server.url}/socket.io/socket.io.js`);
  assert.deepEqual([answer.status, await answer.json()], [400, {code: 0, message: 'Transport unknown'}]);
});

test('it is a client that works', async t => {
  const server = await startServer(t);
  const source = await (await fetch(`${server.url}/socket.io/socket.io.min.js`)).text();
  const page = {module: {exports: {}}, exports: {}, WebSocket, setTimeout, clearTimeout, URL, console, Blob, TextEncoder, TextDecoder};
  page.self = page.globalThis = page;
  vm.runInNewContext(source, page);
  const {io} = page.io ? page : page.module.exports;
  const socket = io(server.url, {transports: ['websocket'], auth: {token: server.token('ada')}, reconnection: false});
  t.after(() => socket.disconnect());
  const who = await new Promise((resolve, reject) => socket.once('authenticated', resolve).once('connect_error', reject));
  assert.equal(who.name, 'ada');
});
