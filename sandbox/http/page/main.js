// The phone: reads the state, follows the changes, draws. One tab is one user's phone; the hash names user and chat.

import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { newGroup, newUser } from "./dialogs.js";
import { h } from "./dom.js";
import { Live } from "./live.js";
import { attempt } from "./notices.js";
import { renderPanel } from "./panel.js";
import { Presses } from "./presses.js";
import { Place } from "./place.js";
import { renderSidebar } from "./sidebar.js";
import { fromServer, reduce } from "./store.js";

const RETRY_MS = 1000;
const TICK_MS = 1000;

class Phone {
  #window = document.querySelector(".window");
  #sidebar = document.querySelector(".sidebar");
  #panel = document.querySelector(".panel");
  #banner = h("div", { class: "banner", hidden: true }, "The sandbox does not answer. Trying again.");
  #place = new Place();
  #live = new Live((change) => this.#changed(change), (connected) => this.#connected(connected));
  #state;
  #presses;
  #conversation;
  #drawing = false;

  async start() {
    document.body.prepend(this.#banner);
    await this.#read();
    this.#presses = new Presses(this.#state.bot.first_name);
    this.#conversation = new Conversation(document.querySelector(".conversation"), this.#deeds());
    window.addEventListener("hashchange", () => { this.#place.read(this.#state); this.#draw(); });
    setInterval(() => { if (this.#state.faults.length && !this.#panel.hidden) this.#draw(); }, TICK_MS);
    this.#draw();
  }

  #deeds() {
    return {
      press: (button, message, data) => this.#presses.press(button, this.#place.chat, message.message_id, data, this.#place.user),
      command: (text) => this.#say(text),
      say: (text, replyTo, topic) => this.#say(text, replyTo, topic),
      start: () => this.#start(),
      unblock: () => attempt(api.change(this.#place.chat, "unblock")),
      back: () => this.#go({ chat: null }),
      panel: () => this.#togglePanel(),
      topic: () => this.#draw(),
      choose: (chat) => this.#go({ chat }),
      become: (user) => this.#go({ user, chat: user }),
      newUser: () => newUser((user) => this.#go({ user: user.id, chat: user.id })),
      newGroup: () => newGroup(this.#state, this.#place.user, (chat) => this.#go({ chat: chat.id })),
    };
  }

  #say(text, replyTo = null, topic = null) {
    return attempt(api.say(this.#place.chat, { text, user_id: this.#place.user, reply_to: replyTo, thread_id: topic }));
  }

  async #start() {
    const chat = this.#state.chats.get(this.#place.chat);
    if (chat.bot === "kicked") await attempt(api.change(chat.id, "unblock"));
    const said = await this.#say(this.#place.start ? `/start ${this.#place.start}` : "/start");
    if (said) this.#place.started();
    this.#draw();
  }

  #go(place) {
    this.#place.go(place);
    this.#draw();
    if (place.chat && matchMedia("(hover: hover)").matches) this.#conversation.focus();
  }

  #togglePanel() {
    this.#panel.hidden = !this.#panel.hidden;
    this.#draw();
  }

  async #read() {
    let answer;
    while (!(answer = await attempt(api.readState()))) await new Promise((resume) => setTimeout(resume, RETRY_MS));
    this.#state = fromServer(answer);
    this.#place.read(this.#state);
    this.#live.follow(answer.cursor);
    this.#draw();
  }

  #changed(change) {
    if (change.type === "reset") return this.#read();
    if (change.type === "answer") return this.#presses.answered(change);
    this.#state = reduce(this.#state, change);
    const moved = change.type === "chat" && change.chat.id === this.#place.chat && change.chat.migrated_to;
    return moved ? this.#go({ chat: moved }) : this.#draw();
  }

  #connected(connected) {
    this.#banner.hidden = connected;
  }

  // Draw once per frame, however many changes came.
  #draw() {
    if (this.#drawing || !this.#conversation) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.#drawNow();
    });
  }

  #drawNow() {
    const deeds = this.#deeds();
    const ui = this.#place.view(this.#state);
    this.#window.dataset.view = ui.chat === null ? "list" : "chat";
    renderSidebar(this.#sidebar, this.#state, ui, deeds);
    this.#conversation.render(this.#state, ui);
    if (!this.#panel.hidden) renderPanel(this.#panel, this.#state, this.#state.chats.get(ui.chat), deeds.panel);
  }
}

new Phone().start();
