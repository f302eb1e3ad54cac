// The page's socket: it subscribes after the cursor, comes back by itself, and is followed by another in time.
import { accessCsrfToken } from "../http/session.js";
import { Backoff } from "../timing/backoff.js";
import { Timeout } from "../timing/timeout.js";
import { remedy } from "./close-codes.js";
import { ConnectionRenewal } from "./connection-renewal.js";
import { Connection } from "./connection.js";
import { SessionCheck } from "./session-check.js";

const STABLE_AFTER_MS = 10_000;
const CONNECTS_AT_MOST_EVERY_MS = 2000;

export class ReconnectingSocket {
  #clock;
  #greeting;
  #dispatch;
  #sessionCheck;
  #renewal;
  #backoff;
  #retry;
  #stable;
  #running = false;
  #connection = null;
  #csrfToken = "";
  #isLive = false;
  #triedAtMs = -Infinity;
  #retryAtMs = Infinity;
  #turn = 0;

  /** `greeting()` → what to say once it is welcome; `isSessionValid()` → whether the session holds, throws where nobody can know. */
  constructor({ clock, session, greeting, dispatch, isSessionValid, random = Math.random }) {
    this.#clock = clock;
    this.#greeting = greeting;
    this.#dispatch = dispatch;
    this.#sessionCheck = new SessionCheck({ session, isSessionValid, report: ({ message }) => this.#report({ state: "waiting", reason: message }) });
    this.#renewal = new ConnectionRenewal({ clock, session, random });
    this.#backoff = new Backoff({ random });
    this.#retry = new Timeout(clock);
    this.#stable = new Timeout(clock);
  }

  /** How many connections in a row did not hold. */
  get failures() {
    return this.#backoff.attempts;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#connectSoon();
  }

  stop() {
    this.#running = false;
    this.#drop();
  }

  /** Somebody looks, or the network is back: no reason to wait any longer. */
  retryNow() {
    if (this.#running && !this.#connection) this.#connectSoon();
  }

  /** This connection leads nowhere: end it, and come back later. */
  cut() {
    void this.#closed(null);
  }

  send(message) {
    this.#connection?.send(message);
  }

  #connect() {
    this.#drop();
    this.#triedAtMs = this.#clock.monotonicMs();
    this.#csrfToken = accessCsrfToken();
    this.#report({ state: "connecting" });
    this.#connection = new Connection({ clock: this.#clock, ...this.#handlers() });
  }

  #handlers() {
    return { heard: (message) => this.#read(message), over: (code) => void this.#closed(code) };
  }

  #read(message) {
    this.#dispatch({ ...message, atMs: this.#clock.timeMs() });
    if (message.type === "welcome") this.#welcomed(message);
    if (!this.#isLive && (message.type === "live" || message.type === "resync")) {
      this.#isLive = true;
      this.#stable.set(STABLE_AFTER_MS, () => this.#backoff.reset());
    }
  }

  #welcomed({ expires_in: seconds }) {
    this.#sessionCheck.confirmed();
    for (const message of this.#greeting()) this.send(message);
    if (seconds > 0) this.#renewal.schedule(seconds * 1000, this.#csrfToken, (connection, welcome) => this.#changeOver(connection, welcome));
  }

  #changeOver(connection, welcome) {
    this.#connection.close();
    this.#connection = connection;
    this.#csrfToken = accessCsrfToken();
    connection.handTo(this.#handlers());
    this.#dispatch({ type: "connection_renewed", sites: welcome.sites });
    this.#welcomed(welcome);
  }

  async #closed(code) {
    this.#drop();
    const turn = this.#turn;
    const { does, reason } = remedy(code);
    if (does === "stop") {
      this.#running = false;
      return this.#report({ state: "stopped", reason });
    }
    const mayReturn = await this.#sessionCheck.restored(does, this.#csrfToken);
    if (turn !== this.#turn || this.#retryAtMs < Infinity) return null;
    return this.#tryAt(this.#clock.monotonicMs() + (mayReturn ? 0 : this.#backoff.nextMs()));
  }

  /** At once, save that a network or a screen that flaps must not hammer. */
  #connectSoon() {
    const soonestMs = Math.max(this.#clock.monotonicMs(), this.#triedAtMs + CONNECTS_AT_MOST_EVERY_MS);
    if (soonestMs < this.#retryAtMs) this.#tryAt(soonestMs);
  }

  #tryAt(momentMs) {
    this.#retryAtMs = momentMs;
    const delayMs = momentMs - this.#clock.monotonicMs();
    if (delayMs <= 0) return this.#connect();
    this.#retry.set(delayMs, () => this.#connect());
    return this.#report({ state: "waiting", retryAtMs: this.#clock.timeMs() + delayMs });
  }

  #report(connection) {
    this.#dispatch({ type: "connection_changed", ...connection });
  }

  /** Leaves nothing of this connection: no socket, no timer. */
  #drop() {
    for (const pending of [this.#retry, this.#stable, this.#renewal]) pending.cancel();
    this.#turn += 1;
    this.#retryAtMs = Infinity;
    this.#isLive = false;
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
  }
}
