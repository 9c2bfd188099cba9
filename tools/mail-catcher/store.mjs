// The caught mails: the newest 500, each in a file of its own, so that a restart keeps them.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const MOST_MESSAGES = 500;

export class MailStore {
  #folder;
  #messages = []; // newest first

  constructor(folder) {
    this.#folder = folder;
  }

  /** Reads what an earlier run kept. A file that cannot be read is left out. */
  async load() {
    await mkdir(this.#folder, { recursive: true });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json')).sort().reverse();
    for (const name of names.slice(0, MOST_MESSAGES)) {
      try {
        this.#messages.push(JSON.parse(await readFile(path.join(this.#folder, name), 'utf8')));
      } catch {
        // Cut off by a crash while it was written.
      }
    }
    await Promise.all(names.slice(MOST_MESSAGES).map((name) => this.#remove(name)));
  }

  /** Keeps one parsed mail and returns it with its id. */
  async add({ to, from, subject, text, html }) {
    const receivedAt = new Date();
    const order = String(receivedAt.getTime()).padStart(15, '0');
    const message = {
      id: `${order}-${randomUUID().slice(0, 8)}`,
      to, from, subject,
      received_at: receivedAt.toISOString(),
      text, html,
      links: linksOf(text, html),
    };
    this.#messages.unshift(message);
    const file = path.join(this.#folder, `${message.id}.json`);
    await writeFile(`${file}.new`, JSON.stringify(message), { mode: 0o600 });
    await rename(`${file}.new`, file);
    for (const old of this.#messages.splice(MOST_MESSAGES)) await this.#remove(`${old.id}.json`);
    return message;
  }

  /** Newest first; `to` matches one recipient's whole address, whatever its case. */
  list({ to = '', limit = 50 } = {}) {
    const wanted = to.toLowerCase();
    const found = wanted
      ? this.#messages.filter(({ to: recipients }) => recipients.toLowerCase().split(', ').includes(wanted))
      : this.#messages;
    return found.slice(0, limit);
  }

  get(id) {
    return this.#messages.find((message) => message.id === id);
  }

  async clear() {
    const gone = this.#messages.splice(0);
    await Promise.all(gone.map(({ id }) => this.#remove(`${id}.json`)));
    return gone.length;
  }

  async #remove(name) {
    await unlink(path.join(this.#folder, name)).catch(() => {});
  }
}

/** The http(s) links of a mail, in reading order, each once. */
export function linksOf(text, html) {
  const found = new Set();
  for (const [link] of (text ?? '').matchAll(/https?:\/\/[^\s<>"')\]]+/g)) found.add(link.replace(/[.,;:!?]+$/, ''));
  for (const [, link] of (html ?? '').matchAll(/href="(https?:\/\/[^"]+)"/gi)) found.add(link.replaceAll('&amp;', '&'));
  return [...found];
}
