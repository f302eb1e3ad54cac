// Full jitter: a random time up to a bound that doubles, so that clients cut off together do not come back together.
export class Backoff {
  #base;
  #cap;
  #random;
  #attempts = 0;

  constructor({ base = 1000, cap = 30_000, random = Math.random } = {}) {
    this.#base = base;
    this.#cap = cap;
    this.#random = random;
  }

  /** How often it was asked since it began anew. */
  get attempts() {
    return this.#attempts;
  }

  /** Milliseconds to wait before the next attempt. */
  next() {
    const bound = Math.min(this.#cap, this.#base * 2 ** this.#attempts);
    this.#attempts += 1;
    return Math.round(this.#random() * bound);
  }

  reset() {
    this.#attempts = 0;
  }
}
