// Full jitter: a random time up to a bound that doubles, so that clients cut off together do not come back together.
export class Backoff {
  #baseMs;
  #capMs;
  #random;
  #attempts = 0;

  constructor({ baseMs = 1000, capMs = 30_000, random = Math.random } = {}) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** How often it was asked since it began anew. */
  get attempts() {
    return this.#attempts;
  }

  /** How long to wait before the next attempt. */
  nextMs() {
    const boundMs = Math.min(this.#capMs, this.#baseMs * 2 ** this.#attempts);
    this.#attempts += 1;
    return Math.round(this.#random() * boundMs);
  }

  reset() {
    this.#attempts = 0;
  }
}
