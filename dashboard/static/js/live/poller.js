// Asks for events every few seconds, where no socket comes to hold: the same envelopes, for the same reducer.
import { query } from "../http/api.js";
import { haveChanged } from "../store/connection-state.js";
import { Backoff } from "../timing/backoff.js";
import { Timeout } from "../timing/timeout.js";

const EVERY_MS = 3000;
const EVERY_HIDDEN_MS = 20_000;
const SPREAD_SHARE = 0.3;
const PAGE = 500;
const MOST_TOLD = 5000;
const BEYOND_ANY = Number.MAX_SAFE_INTEGER;

export class Poller {
  #clock;
  #api;
  #cursor;
  #dispatch;
  #isVisible;
  #isBack;
  #random;
  #backoff;
  #next;
  #turn = null;
  #isAsking = false;
  #askedAtMs = -Infinity;
  #works = false;

  /** `cursor()` → {seq, epoch, ownSites}; `isVisible()`: somebody looks; `isBack()` is called once the server answers again. */
  constructor({ clock, api, cursor, dispatch, isVisible, isBack, random = Math.random }) {
    this.#clock = clock;
    this.#api = api;
    this.#cursor = cursor;
    this.#dispatch = dispatch;
    this.#isVisible = isVisible;
    this.#isBack = isBack;
    this.#random = random;
    this.#backoff = new Backoff({ baseMs: EVERY_MS, random });
    this.#next = new Timeout(clock);
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
    this.#next.cancel();
    this.#turn = null;
    this.#isAsking = false;
    this.#works = false;
  }

  /** Somebody looks, or the network is back. What is under way is waited for: a slow server would never get to answer. */
  retryNow() {
    if (this.#turn && !this.#isAsking) this.#pollIn(Math.max(0, this.#askedAtMs + EVERY_MS - this.#clock.monotonicMs()));
  }

  #pollIn(delayMs) {
    this.#next.set(delayMs, () => void this.#poll());
  }

  async #poll() {
    this.#turn = {};
    const turn = this.#turn;
    const asked = this.#cursor();
    this.#next.cancel();
    this.#askedAtMs = this.#clock.monotonicMs();
    this.#isAsking = true;
    const answer = await this.#api.get(`/events${query({ after: asked.seq ?? BEYOND_ANY, limit: PAGE })}`).catch(() => null);
    if (turn !== this.#turn) return;
    this.#isAsking = false;
    if (!answer) this.#failed();
    else if (this.#hasMovedSince(asked)) this.#pollIn(0);
    else this.#answered(asked, answer);
  }

  /** A list that came meanwhile brought a cursor of its own: the answer does not go on from there. */
  #hasMovedSince(asked) {
    const { seq, epoch } = this.#cursor();
    return seq !== asked.seq || epoch !== asked.epoch;
  }

  #answered(asked, answer) {
    const atMs = this.#clock.timeMs();
    const wasFailing = this.#backoff.attempts > 0;
    this.#works = true;
    this.#backoff.reset();
    const more = this.#take(asked, answer, atMs);
    this.#pollIn(more ? 0 : (this.#isVisible() ? EVERY_MS : EVERY_HIDDEN_MS) * (1 + SPREAD_SHARE * this.#random()));
    if (wasFailing) this.#isBack();
  }

  /** Returns whether there is more to ask for. A list that is read anew holds everything up to the top. */
  #take(asked, said, atMs) {
    const answer = { top: said.head, sites: asked.ownSites, ...said }; // while a release is rolled out the old one says neither
    const { items, epoch, sites } = answer;
    const isAnew = asked.seq !== null && isBeyondTelling(asked, answer);
    const [head, more] = isAnew ? [answer.top, false] : [answer.head, answer.more];
    if (asked.seq === null) this.#dispatch({ type: "welcome", head, epoch, sites, atMs });
    else if (isAnew) this.#dispatch({ type: "resync", head, epoch, sites, atMs, by: "polling" });
    else this.#tell(items, { more, atMs });
    this.#dispatch({ type: "polled", head, more, sites, atMs });
    return more;
  }

  /** More than a page is a replay: it is told in one notice at its end. */
  #tell(items, { more, atMs }) {
    if (more) this.#dispatch({ type: "connection_changed", state: "catching_up" });
    for (const item of items) this.#dispatch({ type: "event", ...item, atMs });
  }

  #failed() {
    const delayMs = this.#backoff.nextMs();
    if (this.#works) this.#dispatch({ type: "connection_changed", state: "waiting", retryAtMs: this.#clock.timeMs() + delayMs });
    this.#works = false;
    this.#pollIn(delayMs);
  }
}

/** Whether events can't bring what was fetched up to date, or reading it anew is less than all of them. */
function isBeyondTelling({ seq, epoch, ownSites }, answer) {
  const isBroken = epoch !== answer.epoch || answer.complete === false;
  return isBroken || answer.top - seq > MOST_TOLD || haveChanged(ownSites, answer.sites);
}
