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
  #time = 1_000_000;
  #setBy = 0;
  Date = { now: () => this.#time + this.#setBy };

  get armed() {
    return this.#timers.size;
  }

  setTimeout(work, delay) {
    this.#timers.set(this.#nextId, { work, at: this.#time + delay });
    return this.#nextId++;
  }

  clearTimeout(id) {
    this.#timers.delete(id);
  }

  /** The device's time is set, or moved on while it slept: timers know nothing of it. */
  setTime(by) {
    this.#setBy += by;
  }

  pass(milliseconds) {
    const end = this.#time + milliseconds;
    for (let due = this.#earliest(end); due; due = this.#earliest(end)) {
      this.#timers.delete(due[0]);
      this.#time = Math.max(this.#time, due[1].at);
      due[1].work();
    }
    this.#time = end;
  }

  #earliest(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }
}
