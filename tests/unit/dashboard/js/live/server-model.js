// A server as far as a page's feed can tell: one total order that grows, is forgotten at its beginning, or is restored
// to an older state; sockets that are refused, die, or go dumb; answers that come late. What happens is drawn.
import { FakeWebSocket } from "./fake-socket.js";

const event = (seq) => ({ seq, name: "status_update", data: { id: `id-${seq}`, version: 1 }, changes: {}, actor: null });

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function drawing(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class ServerModel {
  epoch = "1";
  top = 5;
  #oldest = 1;
  #mode = "serving"; // serving, refusing, dumb
  #sockets = new Set();
  #answers = [];

  constructor() {
    const server = this;
    globalThis.WebSocket = class extends FakeWebSocket {
      queue = [];

      constructor(url) {
        super(url);
        server.#sockets.add(this);
        if (server.#mode === "serving") this.queue.push({ type: "welcome", head: server.top, epoch: server.epoch });
      }

      send(text) {
        super.send(text);
        if (this.sent.at(-1).type === "subscribe") server.#subscribe(this, this.sent.at(-1));
      }

      close() {
        super.close();
        server.#sockets.delete(this);
      }
    };
  }

  /** The feed over HTTP: read now, answered when `answer` is drawn. */
  get(path) {
    const after = Number(/after=(\d+)/.exec(path)[1]);
    const limit = 2;
    const items = this.#after(after).slice(0, limit);
    const head = items.length === limit ? items.at(-1).seq : this.top;
    const place = { head, epoch: this.epoch, complete: head - after === items.length, more: head < this.top, top: this.top };
    return new Promise((resolve, reject) => this.#answers.push({ resolve: () => resolve({ items, ...place, sites: null }), reject }));
  }

  append() {
    this.top += 1;
    this.#tell({ type: "event", ...event(this.top) });
  }

  restore(lost) {
    this.epoch = `${Number(this.epoch) + 1}`;
    this.top = Math.max(0, this.top - lost);
    this.#tell({ type: "resync", head: this.top, epoch: this.epoch });
  }

  forget() {
    this.#oldest = this.top + 1;
  }

  /** Sockets that have gone dumb stay so. */
  become(mode) {
    this.#mode = mode;
    if (mode === "dumb") for (const socket of this.#sockets) socket.isDumb = true;
  }

  deliver() {
    for (const socket of this.#sockets) {
      if (socket.queue.length && !socket.isDumb) socket.says(socket.queue.shift());
    }
  }

  /** What a socket had still to say is lost with it. */
  async cut() {
    for (const socket of [...this.#sockets]) await socket.isCut(this.#mode === "serving" ? 4001 : 1006);
  }

  answer(isWell) {
    const waiting = this.#answers.shift();
    if (isWell) waiting?.resolve();
    else waiting?.reject(new Error("away"));
  }

  #after(seq) {
    return Array.from({ length: this.top }, (_, index) => event(index + 1)).filter((one) => one.seq > seq && one.seq >= this.#oldest);
  }

  #subscribe(socket, { after, epoch }) {
    socket.subscribed = true;
    const events = this.#after(after);
    const isWhole = epoch === this.epoch && events.length === this.top - after;
    if (isWhole) socket.queue.push(...events.map((one) => ({ type: "event", ...one })), { type: "live", head: this.top });
    else socket.queue.push({ type: "resync", head: this.top, epoch: this.epoch });
  }

  #tell(message) {
    for (const socket of this.#sockets) if (socket.subscribed) socket.queue.push(message);
  }
}
