// Asks for events every few seconds, where no socket comes to hold: the same envelopes, for the same reducer.
import { Alarm } from "./alarm.js";
import { query } from "./api.js";
import { Backoff } from "./backoff.js";

const EVERY = 3000;
const EVERY_UNSEEN = 20_000;
const SPREAD = 0.3;
const PAGE = 500;
const BEYOND_ANY = Number.MAX_SAFE_INTEGER;

export class Poller {
  #clock;
  #api;
  #cursor;
  #dispatch;
  #isSeen;
  #isBack;
  #random;
  #backoff;
  #next;
  #turn = null;
  #askedAt = -Infinity;
  #works = false;

  /** `cursor()` → {seq, epoch}; `isSeen()`: somebody looks; `isBack()` is called where the server answers again. */
  constructor({ clock, api, cursor, dispatch, isSeen, isBack, random = Math.random }) {
    this.#clock = clock;
    this.#api = api;
    this.#cursor = cursor;
    this.#dispatch = dispatch;
    this.#isSeen = isSeen;
    this.#isBack = isBack;
    this.#random = random;
    this.#backoff = new Backoff({ base: EVERY, random });
    this.#next = new Alarm(clock);
  }

  /** Whether the page is fed by it: it runs, and the last answer was good. */
  get works() {
    return this.#works;
  }

  start() {
    if (this.#turn) return;
    this.#turn = {};
    void this.#poll();
  }

  /** An answer that is still under way is nobody's any more. */
  stop() {
    this.#next.off();
    this.#turn = null;
    this.#works = false;
  }

  /** Somebody looks, or the network is back. */
  nudge() {
    if (this.#turn) this.#pollIn(Math.max(0, this.#askedAt + EVERY - this.#clock.time()));
  }

  #pollIn(delay) {
    this.#next.set(delay, () => void this.#poll());
  }

  async #poll() {
    this.#turn = {};
    const turn = this.#turn;
    const asked = this.#cursor();
    this.#next.off();
    this.#askedAt = this.#clock.time();
    const answer = await this.#api.get(`/events${query({ after: asked.seq ?? BEYOND_ANY, limit: PAGE })}`).catch(() => null);
    if (turn !== this.#turn) return;
    if (answer) this.#answered(asked, answer);
    else this.#failed();
  }

  #answered(asked, { items, head, epoch, complete, more }) {
    const at = this.#clock.time();
    const wasFailing = this.#backoff.attempts > 0;
    this.#works = true;
    this.#backoff.reset();
    if (asked.seq === null) this.#dispatch({ type: "welcome", head, epoch, at });
    else if (epoch !== asked.epoch || complete === false) this.#dispatch({ type: "resync", head, epoch, at, by: "polling" });
    else this.#tell(items, { more, at });
    this.#dispatch({ type: "polled", head, more, at });
    this.#pollIn(more ? 0 : (this.#isSeen() ? EVERY : EVERY_UNSEEN) * (1 + SPREAD * this.#random()));
    if (wasFailing) this.#isBack();
  }

  /** More than a page is a replay: it is told in one notice at its end. */
  #tell(items, { more, at }) {
    if (more) this.#dispatch({ type: "link_changed", state: "catching_up" });
    for (const item of items) this.#dispatch({ type: "event", ...item, at });
  }

  #failed() {
    const delay = this.#backoff.next();
    if (this.#works) this.#dispatch({ type: "link_changed", state: "waiting", retryAt: this.#clock.time() + delay });
    this.#works = false;
    this.#pollIn(delay);
  }
}
