// One WebSocket from its handshake to its end. It answers pings, and takes silence for what it is: a dead connection.
import { Timeout } from "../timing/timeout.js";

const PATH = "/api/v1/websocket";
const WELCOME_WITHIN_MS = 15_000;
const SILENCE_MARGIN_MS = 20_000;
const NORMAL_CLOSURE = 1000;

export class Connection {
  #heard;
  #over;
  #ws;
  #silence;
  #pingIntervalMs = 25_000;

  /** Calls `heard(message)` for each message and, once, `over(code)`: null for silence. After `close` it calls nobody. */
  constructor({ clock, heard, over }) {
    this.handTo({ heard, over });
    this.#ws = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${PATH}`);
    this.#ws.onmessage = ({ data }) => this.#read(JSON.parse(data));
    this.#ws.onclose = ({ code }) => this.#end(code);
    this.#silence = new Timeout(clock);
    this.#expectWithin(WELCOME_WITHIN_MS);
  }

  handTo({ heard, over }) {
    this.#heard = heard;
    this.#over = over;
  }

  send(message) {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(message));
  }

  close() {
    const ws = this.#ws;
    if (!ws) return;
    this.#ws = null;
    this.#silence.cancel();
    ws.onmessage = null;
    ws.onclose = null;
    ws.close(NORMAL_CLOSURE);
  }

  #read(message) {
    if (message.type === "welcome" && message.ping_interval) this.#pingIntervalMs = message.ping_interval * 1000;
    if (message.type === "ping") this.send({ type: "pong" });
    this.#expectWithin(this.#pingIntervalMs + SILENCE_MARGIN_MS);
    this.#heard(message);
  }

  #end(code) {
    this.close();
    this.#over(code);
  }

  #expectWithin(delayMs) {
    this.#silence.set(delayMs, () => this.#end(null));
  }
}
