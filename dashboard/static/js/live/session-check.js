// What a connection that was refused asks of the session, before it is worth coming back.
export class Trust {
  #session;
  #stillTrusted;
  #say;
  #justRefreshed = false;

  /** `say(problem)` hears why nobody could answer, which is for the back-off and ends nothing. */
  constructor({ session, stillTrusted, say }) {
    this.#session = session;
    this.#stillTrusted = stillTrusted;
    this.#say = say;
  }

  /** The token was good. */
  confirmed() {
    this.#justRefreshed = false;
  }

  /** Whether to come back at once. A fresh token that is called expired as well is no reason to. */
  async restored(does, usedMark) {
    if (does === "refresh" && !this.#justRefreshed) {
      this.#justRefreshed = await this.#asked(() => this.#session.refresh(usedMark));
      if (this.#justRefreshed) return true;
    }
    if (does === "refresh" || does === "ask") await this.#asked(this.#stillTrusted);
    return false;
  }

  async #asked(question) {
    try {
      return await question();
    } catch (problem) {
      this.#say(problem);
      return false;
    }
  }
}
