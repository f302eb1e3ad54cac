// One thing to be done later: setting it anew calls off what was set before.
export class Alarm {
  #clock;
  #callOff = null;

  constructor(clock) {
    this.#clock = clock;
  }

  get isSet() {
    return this.#callOff !== null;
  }

  set(delayMs, work) {
    this.off();
    this.#callOff = this.#clock.in(delayMs, () => {
      this.#callOff = null;
      work();
    });
  }

  off() {
    this.#callOff?.();
    this.#callOff = null;
  }
}
