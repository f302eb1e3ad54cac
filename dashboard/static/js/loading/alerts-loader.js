// Keeps the alerts of the open complaint fresh: at once when a signal tells of one, and now and then where none may come.
import { readItems } from "../http/paging.js";
import { Subscriptions } from "./subscriptions.js";

const LOOK_EVERY_MS = 1000;
const EVERY_MS = 5000;
const EVERY_SIGNALLED_MS = 30_000;
const FOLLOWED_FOR_MS = 30_000;

export class AlertsLoader {
  #api;
  #state;
  #dispatch;
  #clock;
  #subscriptions = new Subscriptions();
  #isWanted = false;
  #reading = null;
  #readAtMs = -Infinity;

  constructor({ api, state, dispatch, clock }) {
    this.#api = api;
    this.#state = state;
    this.#dispatch = dispatch;
    this.#clock = clock;
  }

  start() {
    this.#subscriptions.watch(() => wantedKey(this.#state.value), () => this.load());
    this.#subscriptions.add(this.#clock.every(LOOK_EVERY_MS, () => this.#isDue() && void this.load()));
  }

  stop() {
    this.#subscriptions.end();
  }

  /** Reads once more, however often that is asked for while another reading is under way. */
  load() {
    this.#isWanted = true;
    this.#reading ??= this.#readWhileWanted().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readWhileWanted() {
    while (this.#isWanted) {
      this.#isWanted = false;
      await this.#readOnce();
    }
  }

  async #readOnce() {
    const { id, reference } = this.#state.peek().detail;
    if (!id) return;
    this.#readAtMs = this.#clock.monotonicMs();
    const alerts = await readItems(this.#api, `/complaints/${id}/alerts`).catch(() => null);
    this.#dispatch(alerts ? { type: "alerts_arrived", reference, alerts } : { type: "alerts_failed", reference });
  }

  #isDue() {
    const { detail, visible } = this.#state.peek();
    const pauseMs = detail.signalled ? EVERY_SIGNALLED_MS : EVERY_MS;
    return visible && this.#clock.monotonicMs() - this.#readAtMs >= pauseMs && areMoving(detail, this.#clock.timeMs());
  }
}

function wantedKey({ detail, connection, generation }) {
  return detail.id && `${detail.id} ${detail.wanted.alerts} ${connection.catchUps} ${generation}`;
}

/** Signals are no promise: while an alert is under way, or may soon be, it is looked at. */
function areMoving({ state, events, alerts }, nowMs) {
  if (state !== "ready") return false;
  const last = events.at(-1);
  const isRecent = last !== undefined && nowMs - Date.parse(last.occurred_at) < FOLLOWED_FOR_MS;
  return isRecent || (alerts ?? []).some((alert) => alert.state === "pending" || alert.state === "sending");
}
