// One socket at a time: it subscribes after the cursor, answers pings, and comes back by itself.
import { Backoff } from "./backoff.js";
import { remedy } from "./close-codes.js";
import { accessMark } from "./session.js";

const PATH = "/api/v1/websocket";
const WELCOME_WITHIN = 15_000;
const STABLE_AFTER = 10_000;
const SEEN_EVERY = 10_000;
const SILENCE_MARGIN = 20_000;

export class Socket {
  #clock;
  #session;
  #cursor;
  #dispatch;
  #stillTrusted;
  #backoff;
  #ws = null;
  #mark = "";
  #running = false;
  #justRefreshed = false;
  #timers = new Set();
  #silence = () => {};
  #pingInterval = 25_000;

  /** `cursor()` → {seq, epoch}; `stillTrusted()` → whether the session holds, throws where nobody can know. */
  constructor({ clock, session, cursor, dispatch, stillTrusted, backoff = new Backoff() }) {
    this.#clock = clock;
    this.#session = session;
    this.#cursor = cursor;
    this.#dispatch = dispatch;
    this.#stillTrusted = stillTrusted;
    this.#backoff = backoff;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  stop() {
    this.#running = false;
    this.#drop();
  }

  /** The network is back or somebody looks again: no reason to wait any longer. */
  nudge() {
    if (this.#running && !this.#ws) this.#connect();
  }

  offline() {
    if (!this.#running) return;
    this.#drop();
    this.#say({ state: "offline" });
  }

  #connect() {
    this.#drop();
    this.#say({ state: "connecting" });
    this.#mark = accessMark();
    const ws = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${PATH}`);
    this.#ws = ws;
    ws.onmessage = ({ data }) => ws === this.#ws && this.#read(JSON.parse(data));
    ws.onclose = ({ code }) => ws === this.#ws && this.#closed(code);
    this.#expectWithin(WELCOME_WITHIN);
  }

  #read(message) {
    this.#dispatch({ ...message, at: Date.now() });
    if (message.type === "welcome") this.#welcomed(message);
    if (message.type === "ping") this.#send({ type: "pong" });
    if (message.type === "live" || message.type === "resync") this.#timers.add(this.#clock.in(STABLE_AFTER, () => this.#backoff.reset()));
    this.#expectWithin(this.#pingInterval + SILENCE_MARGIN);
  }

  #welcomed({ ping_interval: seconds }) {
    this.#justRefreshed = false;
    if (seconds) this.#pingInterval = seconds * 1000;
    const { seq, epoch } = this.#cursor();
    this.#send({ type: "subscribe", after: seq, epoch });
    this.#timers.add(this.#clock.every(SEEN_EVERY, () => this.#send({ type: "seen", seq: this.#cursor().seq })));
  }

  async #closed(code) {
    this.#drop();
    const { does, reason } = remedy(code);
    if (does === "stop") return this.#giveUp(reason);
    if (does === "refresh" && (await this.#refreshed())) return this.nudge();
    if (does === "refresh" || does === "ask") await this.#asked(this.#stillTrusted);
    return this.#waitUnlessStopped();
  }

  #giveUp(reason) {
    this.#running = false;
    this.#say({ state: "stopped", reason });
  }

  /** A fresh token that is called expired as well is no reason to ask again at once. */
  async #refreshed() {
    if (this.#justRefreshed) return false;
    this.#justRefreshed = await this.#asked(() => this.#session.refresh(this.#mark));
    return this.#justRefreshed;
  }

  /** True or false as answered; false as well where nobody could answer, which is for the back-off. */
  async #asked(question) {
    try {
      return await question();
    } catch (problem) {
      this.#say({ state: "waiting", reason: problem.message });
      return false;
    }
  }

  #waitUnlessStopped() {
    if (!this.#running || this.#ws) return;
    const delay = this.#backoff.next();
    this.#timers.add(this.#clock.in(delay, () => this.#connect()));
    this.#say({ state: "waiting", retryAt: Date.now() + delay });
  }

  /** Nothing heard for so long: the connection is dead, whatever the browser believes. */
  #expectWithin(delay) {
    this.#silence();
    this.#silence = this.#clock.in(delay, () => this.#closed(null));
  }

  #send(message) {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(JSON.stringify(message));
  }

  #say(link) {
    this.#dispatch({ type: "link_changed", ...link });
  }

  #drop() {
    this.#silence();
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
    const ws = this.#ws;
    this.#ws = null;
    ws?.close();
  }
}
