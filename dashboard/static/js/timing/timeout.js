// One thing to be done later: setting it anew calls off what was set before.
export class Timeout {
  #clock;
  #callOff = null;

  constructor(clock) {
    this.#clock = clock;
  }

  get isSet() {
    return this.#callOff !== null;
  }

  set(delayMs, work) {
    this.cancel();
    this.#callOff = this.#clock.in(delayMs, () => {
      this.#callOff = null;
      work();
    });
  }

  cancel() {
    this.#callOff?.();
    this.#callOff = null;
  }
}
