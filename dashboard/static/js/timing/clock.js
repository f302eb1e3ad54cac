// The only timer of the page. Whatever must happen later (back-off, relative times, staleness, toasts) asks the clock;
// it keeps one time-out, set to the earliest of them.
import { signal } from "@preact/signals";

const SECOND_MS = 1000;

export class Clock {
  #due = new Map();
  #nextId = 1;
  #running = false;
  #timer = null;
  #host;
  #latestMs = -Infinity;
  #lostMs = 0;

  /** `nowMs` is a signal, moved once a second while the clock runs. */
  constructor(host = globalThis) {
    this.#host = host;
    this.nowMs = signal(host.Date.now());
    this.every(SECOND_MS, () => this.#moveNow());
  }

  start() {
    this.#running = true;
    this.#moveNow();
    this.#arm();
  }

  /** Rests: what was asked for stays, and what fell due meanwhile is done at the next start. */
  stop() {
    this.#running = false;
    this.#disarm();
  }

  /** The moment as it is shown. Where the device's time is set back, so is this. */
  timeMs() {
    return this.#host.Date.now();
  }

  /**
   * A time that never goes back, for what is compared. Not `performance.now()`, which may stand still while the
   * device sleeps: what fell due meanwhile must be done on waking.
   */
  monotonicMs() {
    const timeMs = this.#host.Date.now() + this.#lostMs;
    this.#lostMs += Math.max(0, this.#latestMs - timeMs);
    this.#latestMs = Math.max(this.#latestMs, timeMs);
    return this.#latestMs;
  }

  /** Calls `work` once, in `delayMs`; returns a function that calls it off. */
  in(delayMs, work) {
    return this.#add({ dueAtMs: this.monotonicMs() + delayMs, work, periodMs: null });
  }

  /** Calls `work` every `periodMs`; returns a function that calls it off. */
  every(periodMs, work) {
    return this.#add({ dueAtMs: this.monotonicMs() + periodMs, work, periodMs });
  }

  #add(entry) {
    const id = this.#nextId++;
    this.#due.set(id, entry);
    this.#arm();
    return () => {
      if (this.#due.delete(id)) this.#arm();
    };
  }

  #arm() {
    this.#disarm();
    if (!this.#running || this.#due.size === 0) return;
    const earliestMs = Math.min(...[...this.#due.values()].map((entry) => entry.dueAtMs));
    const delayMs = Math.max(0, earliestMs - this.monotonicMs());
    this.#timer = this.#host.setTimeout(() => this.#run(), delayMs);
  }

  #disarm() {
    if (this.#timer !== null) this.#host.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run() {
    const nowMs = this.monotonicMs();
    for (const [id, entry] of [...this.#due]) {
      if (entry.dueAtMs > nowMs || !this.#due.has(id)) continue;
      if (entry.periodMs === null) this.#due.delete(id);
      else entry.dueAtMs = nowMs + entry.periodMs;
      entry.work();
    }
    this.#arm();
  }

  #moveNow() {
    this.nowMs.value = this.#host.Date.now();
  }
}
