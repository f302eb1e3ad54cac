// A socket ends with its token. The page can't read its token (an HttpOnly cookie), so it can't send a newer one over
// the open socket as other clients do. It has the cookie renewed in time and opens a second socket with it; the first
// one serves until the second is welcome. So a page that stays open for weeks is never without one.
import { Alarm } from "../timing/timeout.js";
import { Wire } from "./connection.js";

const BEGINS_AT_SHARE = 0.8; // of the token's life
const SPREAD_SHARE = 0.1;

export class Succession {
  #clock;
  #session;
  #random;
  #due;
  #plan = null;
  #wire = null;

  constructor({ clock, session, random }) {
    this.#clock = clock;
    this.#session = session;
    this.#random = random;
    this.#due = new Alarm(clock);
  }

  /** Calls `succeed(wire, welcome)` before `lifeMs` is over, or never: then the end comes as without it. */
  plan(lifeMs, usedMark, succeed) {
    this.off();
    this.#plan = { usedMark, succeed };
    this.#due.set(lifeMs * (BEGINS_AT_SHARE + SPREAD_SHARE * this.#random()), () => void this.#begin(this.#plan));
  }

  off() {
    this.#due.off();
    this.#plan = null;
    this.#wire?.close();
    this.#wire = null;
  }

  async #begin(plan) {
    const isRenewed = await this.#session.refresh(plan.usedMark).catch(() => false);
    if (isRenewed && plan === this.#plan) this.#open(plan);
  }

  #open({ succeed }) {
    const heard = (welcome) => {
      this.#wire = null;
      succeed(wire, welcome);
    };
    const over = () => {
      this.#wire = null;
    };
    const wire = new Wire({ clock: this.#clock, heard, over });
    this.#wire = wire;
  }
}
