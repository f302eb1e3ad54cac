// The only timer of the page. Whatever must happen later (back-off, relative times, staleness, toasts) asks the clock;
// it keeps one time-out, set to the earliest of them.
import { signal } from "@preact/signals";

export class Clock {
  #due = new Map();
  #nextId = 1;
  #running = false;
  #timer = null;
  #host;
  #latest = -Infinity;
  #lost = 0;

  /** `now` is a signal in milliseconds, moved once a second while the clock runs. */
  constructor(host = globalThis) {
    this.#host = host;
    this.now = signal(host.Date.now());
    this.every(1000, () => this.#moveNow());
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

  /** The moment, in milliseconds, as it is shown. Where the device's time is set back, so is this. */
  time() {
    return this.#host.Date.now();
  }

  /**
   * Milliseconds that never go back, for what is compared. Not `performance.now()`, which may stand still while the
   * device sleeps: what fell due meanwhile must be done on waking.
   */
  steady() {
    const time = this.#host.Date.now() + this.#lost;
    this.#lost += Math.max(0, this.#latest - time);
    this.#latest = Math.max(this.#latest, time);
    return this.#latest;
  }

  /** Calls `work` once, in `delay` milliseconds; returns a function that calls it off. */
  in(delay, work) {
    return this.#add({ at: this.steady() + delay, work, period: null });
  }

  /** Calls `work` every `period` milliseconds; returns a function that calls it off. */
  every(period, work) {
    return this.#add({ at: this.steady() + period, work, period });
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
    const earliest = Math.min(...[...this.#due.values()].map((entry) => entry.at));
    const delay = Math.max(0, earliest - this.steady());
    this.#timer = this.#host.setTimeout(() => this.#run(), delay);
  }

  #disarm() {
    if (this.#timer !== null) this.#host.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run() {
    const now = this.steady();
    for (const [id, entry] of [...this.#due]) {
      if (entry.at > now || !this.#due.has(id)) continue;
      if (entry.period === null) this.#due.delete(id);
      else entry.at = now + entry.period;
      entry.work();
    }
    this.#arm();
  }

  #moveNow() {
    this.now.value = this.#host.Date.now();
  }
}
