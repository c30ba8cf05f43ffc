// What stentord does on the command line besides serving.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {binary, environment, newServer, startServer, test} from './server.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs it to its end; gives {code, out, err}. */
function stentord(args, variables) {
  const {status, signal, stdout, stderr} = spawnSync(binary, args, {env: environment(variables), encoding: 'utf8', timeout: 10_000});
  return {code: status ?? signal, out: stdout, err: stderr};
}

function assertRefused({code, out, err}, line) {
  assert.equal(code, 2, err);
  assert.equal(out, '');
  assert.match(err, line);
  assert.equal(err.trimEnd().split('\n').length, 1, err);
}

test('help, version, and a look at the configuration', () => {
  assert.match(stentord(['--version']).out, /^stentord \d+\.\d+\.\d+\n$/);
  assert.match(stentord(['--help']).out, /--server\.port=1337/);
  for (const file of ['stentor.toml', 'bench.toml'])
    assert.equal(stentord(['--check-config', '--config', join(repository, 'config', file)]).code, 0, file);
});

test('a mistake in the configuration is one line and exit 2', t => {
  const {directory} = newServer(t);
  const file = join(directory, 'mistake.toml');
  writeFileSync(file, '[server]\nport = "http"\n');
  for (const args of [['--config', file], ['--check-config', '--config', file], ['token', '--user', 'ada', '--config', file]])
    assertRefused(stentord(args), /mistake\.toml:2: key 'server\.port': found "http", allowed 0 to 65535/);
  assertRefused(stentord(['--server.prot=1']), /--server\.prot/);
  assertRefused(stentord([], {DATABASE_URL: 'mongodb://admin:hunter2@db/chat'}), /^(?!.*hunter2).*SQLite.*PostgreSQL/);
});

test('production needs a secret of its own', t => {
  const {directory} = newServer(t);
  const args = ['--server.mode=production', '--server.port=0', `--server.data_dir=${directory}`];
  const sample = readFileSync(join(repository, 'config/stentor.toml'), 'utf8').match(/sample.*"(.+)"/)[1];
  for (const secret of ['', 'short', sample])
    assertRefused(stentord(args, {JWT_SECRET: secret}), /auth\.secret/);
  assert.equal(existsSync(join(directory, 'jwt_secret')), false);
});

test('what cannot be opened is one line and exit 2', async t => {
  const server = await startServer(t);
  const busy = stentord(['--server.host=127.0.0.1', `--server.port=${server.port}`, `--server.data_dir=${join(server.directory, 'other')}`,
                         '--log.level=off']);
  assertRefused(busy, new RegExp(`${server.port}`));
  const file = join(server.directory, 'no-database.db');
  writeFileSync(file, 'this is no database, whatever its name says '.repeat(100));
  assertRefused(stentord(['--server.port=0', `--store.url=sqlite://${file}`, '--log.level=off']), /no-database\.db/);
  assert.match(readFileSync(file, 'utf8'), /^this is no database/, 'and it is left alone');
});

test('a token from the command line opens a socket', async t => {
  const server = await startServer(t, '--auth.auto_provision=false');
  const token = (...args) => stentord(['token', `--server.data_dir=${server.directory}`, '--log.level=off', ...args], {JWT_SECRET: server.secret});
  const unknown = token('--user', 'ada');
  assertRefused(unknown, /--create/);

  const ada = server.person('ada');
  ada.token = token('--user', 'ada', '--role', 'admin', '--ttl', '2h', '--create').out.trim();
  const claims = JSON.parse(Buffer.from(ada.token.split('.')[1], 'base64url'));
  assert.deepEqual({iss: claims.iss, name: claims.name, role: claims.role, ttl: claims.exp - claims.iat},
                   {iss: 'stentor', name: 'ada', role: 'admin', ttl: 7200});
  await ada.connect();
  const greeting = await ada.hears('authenticated');
  assert.equal(greeting.name, 'ada');
  assert.equal(String(greeting.userId), claims.sub);
  const again = JSON.parse(Buffer.from(token('--user', 'ada').out.split('.')[1], 'base64url'));
  assert.equal(again.sub, claims.sub, 'ada is one person');
});

test('development makes a secret and keeps it; the log tells no secret, token or message', async t => {
  const server = newServer(t, '--log.level=trace', '--log.format=json');
  server.secret = '';
  await server.start();
  const file = join(server.directory, 'jwt_secret');
  const secret = readFileSync(file, 'utf8').trim();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await server.restart();
  assert.equal(readFileSync(file, 'utf8').trim(), secret);
  server.secret = secret;
  const {channel, people: [ada]} = await server.talkers('ada');
  await ada.say(channel, 'for my eyes only');
  await ada.send('no-such-channel', 'nor for yours');
  await fetch(`${server.url}/socket.io/?EIO=4&transport=websocket&token=${ada.token}`);
  await server.stop();

  const events = server.log.trimEnd().split('\n').map(line => JSON.parse(line));
  assert.ok(events.some(({message}) => message.includes(file)), 'the log names the file');
  for (const hidden of [secret, ada.token, 'my eyes only', 'for yours'])
    assert.equal(server.log.includes(hidden), false, hidden);
  for (const event of events)
    assert.deepEqual(Object.keys(event), ['time', 'level', 'logger', 'message']);
});
