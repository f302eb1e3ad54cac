// Keeps the alerts of the open complaint fresh: at once when a signal tells of one, and now and then where none may come.
import { watch } from "./watch.js";

const MOST = 200;
const LOOK_EVERY_MS = 1000;
const EVERY_MS = 5000;
const EVERY_SIGNALLED_MS = 30_000;
const FOLLOWED_FOR_MS = 30_000;

export class AlertsReader {
  #api;
  #state;
  #dispatch;
  #clock;
  #stops = [];
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
    this.#stops = [
      watch(() => wanted(this.#state.value), () => void this.read()),
      this.#clock.every(LOOK_EVERY_MS, () => this.#isDue() && void this.read()),
    ];
  }

  stop() {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Reads once more, however often that is asked for while another reading is under way. */
  read() {
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
    this.#readAtMs = this.#clock.steadyMs();
    const answer = await this.#api.get(`/complaints/${id}/alerts?limit=${MOST}`).catch(() => null);
    this.#dispatch(answer ? { type: "alerts_arrived", reference, alerts: answer.items } : { type: "alerts_failed", reference });
  }

  #isDue() {
    const { detail, visible } = this.#state.peek();
    const pauseMs = detail.signalled ? EVERY_SIGNALLED_MS : EVERY_MS;
    return visible && this.#clock.steadyMs() - this.#readAtMs >= pauseMs && areMoving(detail, this.#clock.timeMs());
  }
}

function wanted({ detail, link, generation }) {
  return detail.id && `${detail.id} ${detail.wanted.alerts} ${link.lives} ${generation}`;
}

/** Signals are no promise: while an alert is under way, or may soon be, it is looked at. */
function areMoving({ state, events, alerts }, nowMs) {
  if (state !== "ready") return false;
  const last = events.at(-1);
  const isRecent = last !== undefined && nowMs - Date.parse(last.occurred_at) < FOLLOWED_FOR_MS;
  return isRecent || (alerts ?? []).some((alert) => alert.state === "pending" || alert.state === "sending");
}
