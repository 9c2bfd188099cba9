import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { startCatcher } from '../server.mjs';
import { linksOf, MailStore, MOST_MESSAGES } from '../store.mjs';

let folder;
let catcher;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mail-catcher-'));
  catcher = await startCatcher({ httpPort: 0, smtpPort: 0, folder });
});

afterEach(async () => {
  await catcher.stop();
  await rm(folder, { recursive: true });
});

const send = (mail) =>
  createTransport({ host: '127.0.0.1', port: catcher.smtpPort, ignoreTLS: true }).sendMail({ from: 'no-reply@starter.test', ...mail });
const get = async (where) => (await fetch(`http://127.0.0.1:${catcher.httpPort}${where}`)).json();
const getText = async (where) => (await fetch(`http://127.0.0.1:${catcher.httpPort}${where}`)).text();

test('a mail that was sent is listed with its text, HTML and links, newest first', async () => {
  await send({ to: 'ada@example.com', subject: 'First', text: 'one' });
  await send({ to: 'bob@example.com', subject: 'Second', text: 'Go to https://a.test/x?y=1.', html: '<a href="https://b.test/?a=1&amp;b=2">b</a>' });
  const messages = await get('/messages');
  assert.deepEqual(messages.map(({ subject }) => subject), ['Second', 'First']);
  assert.deepEqual(messages[0].links, ['https://a.test/x?y=1', 'https://b.test/?a=1&b=2']);
  assert.deepEqual(await get(`/messages/${messages[1].id}`), messages[1]);
});

test('?to= finds one recipient among several, whatever the case, and no part of an address', async () => {
  await send({ to: ['Ada@Example.com', 'bob@example.com'], subject: 'Both', text: '-' });
  assert.equal((await get('/messages?to=ada@example.COM')).length, 1);
  assert.equal((await get('/messages?to=da@example.com')).length, 0);
});

test('?limit= bounds the list, and nonsense counts as the default', async () => {
  for (const subject of ['1', '2', '3']) await send({ to: 'a@example.com', subject, text: '-' });
  assert.equal((await get('/messages?limit=2')).length, 2);
  assert.equal((await get('/messages?limit=-1')).length, 1);
  assert.equal((await get('/messages?limit=x')).length, 3);
});

test('a restart keeps the mails, DELETE forgets them', async () => {
  await send({ to: 'a@example.com', subject: 'Kept', text: '-' });
  const again = new MailStore(folder);
  await again.load();
  assert.equal(again.list()[0].subject, 'Kept');
  await fetch(`http://127.0.0.1:${catcher.httpPort}/messages`, { method: 'DELETE' });
  assert.deepEqual(await readdir(folder), []);
  assert.deepEqual(await get('/messages'), []);
});

test('only the newest 500 are kept, in memory and on disk', async () => {
  const store = new MailStore(folder);
  for (let i = 0; i < MOST_MESSAGES + 3; ++i) await store.add({ to: 'a@b.c', from: '', subject: String(i), text: '', html: '' });
  assert.equal(store.list({ limit: 1000 }).length, MOST_MESSAGES);
  assert.equal((await readdir(folder)).length, MOST_MESSAGES);
  assert.equal(store.list()[0].subject, String(MOST_MESSAGES + 2));
});

test('the pages escape what a mail says and keep its HTML in a sandbox', async () => {
  await send({ to: 'a@example.com', subject: '<script>x</script>', text: '<b>', html: '<script>y</script>' });
  const [{ id }] = await get('/messages');
  assert.ok(!(await getText('/')).includes('<script>'));
  const page = await getText(`/mail/${id}`);
  assert.ok(!page.includes('<script>'));
  assert.match(page, /<iframe sandbox /);
});

test('what is not there is a 404, what is not allowed a 405', async () => {
  const status = async (where, method = 'GET') => (await fetch(`http://127.0.0.1:${catcher.httpPort}${where}`, { method })).status;
  assert.equal(await status('/messages/none'), 404);
  assert.equal(await status('/other'), 404);
  assert.equal(await status('/messages', 'POST'), 405);
});

test('linksOf drops the punctuation behind a link and names each once', () => {
  assert.deepEqual(linksOf('(see https://a.test/b). https://a.test/b!', ''), ['https://a.test/b']);
});
