// Catches every mail of the development stack: SMTP in, JSON and a readable page out. It delivers nothing.
import { realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { listPage, messagePage } from './pages.mjs';
import { MailStore, MOST_MESSAGES } from './store.mjs';

const MOST_BYTES = 10 * 1024 * 1024;
const HOST = '127.0.0.1';

/** Starts both servers; port 0 picks a free one. Resolves to the ports and a function that stops them. */
export async function startCatcher({ httpPort, smtpPort, folder }) {
  const store = new MailStore(folder);
  await store.load();
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size: MOST_BYTES,
    onAuth: (auth, session, done) => done(null, { user: auth.username }),
    onData: (stream, session, done) => receive(store, stream, session).then(() => done(), done),
  });
  smtp.on('error', (error) => console.error(`smtp: ${error.message}`));
  const http = createServer((request, response) => {
    answer(store, request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await listening(smtp.server, (ready) => smtp.listen(smtpPort, HOST, ready));
  await listening(http, (ready) => http.listen(httpPort, HOST, ready));
  return {
    httpPort: http.address().port,
    smtpPort: smtp.server.address().port,
    stop: () => Promise.all([new Promise((done) => smtp.close(done)), new Promise((done) => http.close(done))]),
  };
}

function listening(server, listen) {
  return new Promise((ready, failed) => {
    server.once('error', failed);
    listen(ready);
  });
}

async function receive(store, stream, session) {
  const mail = await simpleParser(stream, { skipImageLinks: true });
  if (stream.sizeExceeded) throw Object.assign(new Error('The message is too large'), { responseCode: 552 });
  await store.add({
    to: session.envelope.rcptTo.map(({ address }) => address).join(', '),
    from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
  });
}

async function answer(store, request, response) {
  const url = new URL(request.url, 'http://localhost');
  const send = (status, type, body) => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  const json = (status, value) => send(status, 'application/json', JSON.stringify(value));
  const html = (status, text) => send(status, 'text/html; charset=utf-8', text);
  const [, kind, id] = url.pathname.split('/');

  if (request.method === 'DELETE' && url.pathname === '/messages') return json(200, { deleted: await store.clear() });
  if (request.method !== 'GET') return json(405, { error: 'GET, or DELETE /messages' });
  if (url.pathname === '/health') return json(200, { status: 'ok' });
  if (url.pathname === '/') return html(200, listPage(store.list({ limit: MOST_MESSAGES })));
  if (url.pathname === '/messages') {
    const limit = Math.min(Math.max(Number.parseInt(url.searchParams.get('limit') ?? '50', 10) || 50, 1), MOST_MESSAGES);
    return json(200, store.list({ to: url.searchParams.get('to') ?? '', limit }));
  }
  const message = id && store.get(id);
  if (message && kind === 'messages') return json(200, message);
  if (message && kind === 'mail') return html(200, messagePage(message));
  return json(404, { error: 'no such message' });
}

if (realpathSync(process.argv[1]) === import.meta.filename) {
  const catcher = await startCatcher({
    httpPort: Number(process.env.MAIL_HTTP_PORT ?? 3003),
    smtpPort: Number(process.env.MAIL_SMTP_PORT ?? 3004),
    folder: process.env.MAIL_FOLDER ?? 'var/dev/mail',
  });
  console.log(`SMTP on ${HOST}:${catcher.smtpPort}, HTTP on http://localhost:${catcher.httpPort}`);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
}
