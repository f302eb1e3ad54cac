import { settle } from "../expect.js";

/** Stands in for the browser's sockets; `made` are all of a test, in order. */
export class FakeWebSocket {
  static OPEN = 1;
  static made = [];
  readyState = FakeWebSocket.OPEN;
  sent = [];
  closed = false;

  constructor(url) {
    this.url = url;
    FakeWebSocket.made.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  says(...messages) {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) });
  }

  async isCut(code = 1006) {
    this.onclose?.({ code });
    await settle();
  }
}

/** Takes the place of the browser's own; returns the list of what is made. */
export function fakeSockets() {
  FakeWebSocket.made = [];
  globalThis.WebSocket = FakeWebSocket;
  return FakeWebSocket.made;
}

export const welcome = { type: "welcome", head: 7, epoch: "e", ping_interval: 25 };
export const live = { type: "live", head: 7 };
