// A socket ends with its token. The page can't read its token (an HttpOnly cookie), so it can't send a newer one over
// the open socket as other clients do. It has the cookie renewed in time and opens a second socket with it; the first
// one serves until the second is welcome. So a page that stays open for weeks is never without one.
import { Timeout } from "../timing/timeout.js";
import { Connection } from "./connection.js";

const BEGINS_AT_SHARE = 0.8; // of the token's life
const SPREAD_SHARE = 0.1;

export class ConnectionRenewal {
  #clock;
  #session;
  #random;
  #due;
  #plan = null;
  #connection = null;

  constructor({ clock, session, random }) {
    this.#clock = clock;
    this.#session = session;
    this.#random = random;
    this.#due = new Timeout(clock);
  }

  /** Calls `changeOver(connection, welcome)` before `lifeMs` is over, or never: then the end comes as without it. */
  schedule(lifeMs, usedCsrfToken, changeOver) {
    this.cancel();
    this.#plan = { usedCsrfToken, changeOver };
    this.#due.set(lifeMs * (BEGINS_AT_SHARE + SPREAD_SHARE * this.#random()), () => void this.#begin(this.#plan));
  }

  cancel() {
    this.#due.cancel();
    this.#plan = null;
    this.#connection?.close();
    this.#connection = null;
  }

  async #begin(plan) {
    const isRenewed = await this.#session.refresh(plan.usedCsrfToken).catch(() => false);
    if (isRenewed && plan === this.#plan) this.#open(plan);
  }

  #open({ changeOver }) {
    const heard = (welcome) => {
      this.#connection = null;
      changeOver(connection, welcome);
    };
    const over = () => {
      this.#connection = null;
    };
    const connection = new Connection({ clock: this.#clock, heard, over });
    this.#connection = connection;
  }
}
