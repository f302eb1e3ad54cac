// Buttons that were pressed in this tab, until the bot answers them.

import * as api from "./api.js";
import { alertDialog, attempt, toast } from "./notices.js";

const PATIENCE_MS = 15000;

export class Presses {
  #waiting = new Map();
  #early = new Map();
  #botName;

  constructor(botName) {
    this.#botName = botName;
  }

  // Press; the button pulses until it is answered or patience ends.
  async press(button, chatId, messageId, data, userId) {
    button.classList.add("busy");
    const answer = await attempt(api.press(chatId, { message_id: messageId, button: data, user_id: userId }));
    if (!answer) return button.classList.remove("busy");
    this.#waiting.set(answer.query_id, button);
    setTimeout(() => this.#rest(answer.query_id), PATIENCE_MS);
    const early = this.#early.get(answer.query_id);
    return early && this.#show(early);
  }

  // An answer came. It may overtake the response to the press itself; those of other tabs are kept a moment in vain.
  answered(change) {
    if (this.#waiting.has(change.query_id)) return this.#show(change);
    this.#early.set(change.query_id, change);
    return setTimeout(() => this.#early.delete(change.query_id), PATIENCE_MS);
  }

  #show(change) {
    this.#rest(change.query_id);
    if (change.url.startsWith("http")) window.open(change.url, "_blank", "noopener");
    if (!change.text) return;
    if (change.alert) alertDialog(this.#botName, change.text);
    else toast(change.text);
  }

  #rest(queryId) {
    this.#waiting.get(queryId)?.classList.remove("busy");
    this.#waiting.delete(queryId);
  }
}
