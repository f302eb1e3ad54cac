// What a connection that was refused asks of the session, before it is worth coming back.
export class SessionCheck {
  #session;
  #isSessionValid;
  #report;
  #justRefreshed = false;

  /** `report(problem)` hears why nobody could answer, which is for the back-off and ends nothing. */
  constructor({ session, isSessionValid, report }) {
    this.#session = session;
    this.#isSessionValid = isSessionValid;
    this.#report = report;
  }

  /** The token was good. */
  confirmed() {
    this.#justRefreshed = false;
  }

  /** Whether to come back at once. A fresh token that is called expired as well is no reason to. */
  async restored(does, usedCsrfToken) {
    if (does === "refresh" && !this.#justRefreshed) {
      this.#justRefreshed = await this.#asked(() => this.#session.refresh(usedCsrfToken));
      if (this.#justRefreshed) return true;
    }
    if (does === "refresh" || does === "ask") await this.#asked(this.#isSessionValid);
    return false;
  }

  async #asked(question) {
    try {
      return await question();
    } catch (problem) {
      this.#report(problem);
      return false;
    }
  }
}
