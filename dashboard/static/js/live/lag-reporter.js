// Tells the server which event has just been drawn: from that it counts the lag from commit to screen. One in ten
// seconds is sample enough; but it is told at once, for the wait until a fixed moment would be counted as lag.
const AT_MOST_EVERY_MS = 10_000;

export class LagReporter {
  #clock;
  #send;
  #host;
  #toldAtMs = -Infinity;

  constructor({ clock, send, host = globalThis }) {
    this.#clock = clock;
    this.#send = send;
    this.#host = host;
  }

  /** A live event has come. Nothing is drawn where nobody looks. */
  eventArrived(seq) {
    const nowMs = this.#clock.monotonicMs();
    if (this.#host.document.visibilityState !== "visible" || nowMs - this.#toldAtMs < AT_MOST_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    this.#afterDrawing(() => this.#send({ type: "seen", seq }));
  }

  /** The page draws in the next frame; the frame after that finds it on screen. */
  #afterDrawing(work) {
    this.#host.requestAnimationFrame(() => this.#host.requestAnimationFrame(work));
  }
}
