// Says on stdout what the port refuses, one JSON line in the API's form: status and code, nothing of the request. At most
// one line a second for each code, with how many there were since the last: a flood must not fill a disk.
const pauseMilliseconds = 1_000;

export class RefusalLog {
  /** What came since the last line, by code, while the next one has to wait. */
  #since = new Map();

  constructor() {
    process.once("exit", () => {
      for (const since of this.#since.values()) if (since.count > 0) this.#say(since);
    });
  }

  note({ status, code }, requestId) {
    const since = this.#since.get(code);
    const count = (since?.count ?? 0) + 1;
    const line = { request_id: requestId, status, code, count };
    if (since) this.#since.set(code, line);
    else this.#write(line);
  }

  #say(line) {
    const now = { time: new Date().toISOString(), level: "info", message: "request.refused" };
    process.stdout.write(`${JSON.stringify({ ...now, ...line })}\n`);
  }

  #write(line) {
    this.#say(line);
    this.#since.set(line.code, { count: 0 });
    setTimeout(() => this.#resume(line.code), pauseMilliseconds).unref();
  }

  #resume(code) {
    const since = this.#since.get(code);
    this.#since.delete(code);
    if (since.count > 0) this.#write(since);
  }
}
