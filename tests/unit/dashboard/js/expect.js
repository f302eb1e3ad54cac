/** Throws unless both are the same, compared as JSON. */
export function equal(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`got ${left}, expected ${right}`);
}

/** Lets everything that is already promised happen. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Time that moves only when it is told to; stands in for the globals that the clock uses. */
export class FakeHost {
  #timers = new Map();
  #nextId = 1;
  #timeMs = 1_000_000;
  #setByMs = 0;
  Date = { now: () => this.#timeMs + this.#setByMs };

  get armed() {
    return this.#timers.size;
  }

  setTimeout(work, delayMs) {
    this.#timers.set(this.#nextId, { work, atMs: this.#timeMs + delayMs });
    return this.#nextId++;
  }

  clearTimeout(id) {
    this.#timers.delete(id);
  }

  /** The device's time is set, or moved on while it slept: timers know nothing of it. */
  setTime(byMs) {
    this.#setByMs += byMs;
  }

  pass(milliseconds) {
    const endMs = this.#timeMs + milliseconds;
    for (let due = this.#earliest(endMs); due; due = this.#earliest(endMs)) {
      this.#timers.delete(due[0]);
      this.#timeMs = Math.max(this.#timeMs, due[1].atMs);
      due[1].work();
    }
    this.#timeMs = endMs;
  }

  #earliest(endMs) {
    const due = [...this.#timers].filter(([, { atMs }]) => atMs <= endMs);
    return due.sort(([, a], [, b]) => a.atMs - b.atMs)[0];
  }
}
