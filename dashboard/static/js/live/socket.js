// The page's socket: it subscribes after the cursor, comes back by itself, and is followed by another in time.
import { accessMark } from "../http/session.js";
import { Backoff } from "../timing/backoff.js";
import { Alarm } from "../timing/timeout.js";
import { remedy } from "./close-codes.js";
import { Succession } from "./connection-renewal.js";
import { Wire } from "./connection.js";
import { Trust } from "./session-check.js";

const STEADY_AFTER_MS = 10_000;
const HURRIES_AT_MOST_EVERY_MS = 2000;

export class Socket {
  #clock;
  #greeting;
  #dispatch;
  #trust;
  #succession;
  #backoff;
  #retry;
  #steady;
  #running = false;
  #wire = null;
  #mark = "";
  #isLive = false;
  #triedAtMs = -Infinity;
  #retryAtMs = Infinity;
  #turn = 0;

  /** `greeting()` → what to say once it is welcome; `stillTrusted()` → whether the session holds, throws where nobody can know. */
  constructor({ clock, session, greeting, dispatch, stillTrusted, random = Math.random }) {
    this.#clock = clock;
    this.#greeting = greeting;
    this.#dispatch = dispatch;
    this.#trust = new Trust({ session, stillTrusted, say: ({ message }) => this.#say({ state: "waiting", reason: message }) });
    this.#succession = new Succession({ clock, session, random });
    this.#backoff = new Backoff({ random });
    this.#retry = new Alarm(clock);
    this.#steady = new Alarm(clock);
  }

  /** How many connections in a row did not hold. */
  get failures() {
    return this.#backoff.attempts;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#hurry();
  }

  stop() {
    this.#running = false;
    this.#drop();
  }

  /** Somebody looks, or the network is back: no reason to wait any longer. */
  nudge() {
    if (this.#running && !this.#wire) this.#hurry();
  }

  /** This connection leads nowhere: end it, and come back later. */
  cut() {
    void this.#closed(null);
  }

  send(message) {
    this.#wire?.send(message);
  }

  #connect() {
    this.#drop();
    this.#triedAtMs = this.#clock.steadyMs();
    this.#mark = accessMark();
    this.#say({ state: "connecting" });
    this.#wire = new Wire({ clock: this.#clock, ...this.#ears() });
  }

  #ears() {
    return { heard: (message) => this.#read(message), over: (code) => void this.#closed(code) };
  }

  #read(message) {
    this.#dispatch({ ...message, atMs: this.#clock.timeMs() });
    if (message.type === "welcome") this.#welcomed(message);
    if (!this.#isLive && (message.type === "live" || message.type === "resync")) {
      this.#isLive = true;
      this.#steady.set(STEADY_AFTER_MS, () => this.#backoff.reset());
    }
  }

  #welcomed({ expires_in: seconds }) {
    this.#trust.confirmed();
    for (const message of this.#greeting()) this.send(message);
    if (seconds > 0) this.#succession.plan(seconds * 1000, this.#mark, (wire, welcome) => this.#changeOver(wire, welcome));
  }

  #changeOver(wire, welcome) {
    this.#wire.close();
    this.#wire = wire;
    this.#mark = accessMark();
    wire.handTo(this.#ears());
    this.#dispatch({ type: "succeeded", sites: welcome.sites });
    this.#welcomed(welcome);
  }

  async #closed(code) {
    this.#drop();
    const turn = this.#turn;
    const { does, reason } = remedy(code);
    if (does === "stop") {
      this.#running = false;
      return this.#say({ state: "stopped", reason });
    }
    const mayReturn = await this.#trust.restored(does, this.#mark);
    if (turn !== this.#turn || this.#retryAtMs < Infinity) return null;
    return this.#tryAt(this.#clock.steadyMs() + (mayReturn ? 0 : this.#backoff.nextMs()));
  }

  /** At once, save that a network or a screen that flaps must not hammer. */
  #hurry() {
    const soonestMs = Math.max(this.#clock.steadyMs(), this.#triedAtMs + HURRIES_AT_MOST_EVERY_MS);
    if (soonestMs < this.#retryAtMs) this.#tryAt(soonestMs);
  }

  #tryAt(momentMs) {
    this.#retryAtMs = momentMs;
    const delayMs = momentMs - this.#clock.steadyMs();
    if (delayMs <= 0) return this.#connect();
    this.#retry.set(delayMs, () => this.#connect());
    return this.#say({ state: "waiting", retryAtMs: this.#clock.timeMs() + delayMs });
  }

  #say(link) {
    this.#dispatch({ type: "link_changed", ...link });
  }

  /** Leaves nothing of this connection: no socket, no timer. */
  #drop() {
    for (const alarm of [this.#retry, this.#steady, this.#succession]) alarm.off();
    this.#turn += 1;
    this.#retryAtMs = Infinity;
    this.#isLive = false;
    const wire = this.#wire;
    this.#wire = null;
    wire?.close();
  }
}
