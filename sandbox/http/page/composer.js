// Where this user writes, or the one big button that comes before writing.

import { h, iconButton } from "./dom.js";
import { userName } from "./store.js";

export class Composer {
  element = h("footer", { class: "composer", onkeydown: (event) => this.#escape(event) });
  #deeds;
  #commands = [];
  #replyTo = null;
  #mode = "";
  #input = h("input", { type: "text", name: "text", "aria-label": "Message", placeholder: "Message",
    autocomplete: "off", enterkeyhint: "send", maxlength: 4096 });

  // deeds: {say(text, replyTo), start(), unblock()}
  constructor(deeds) {
    this.#deeds = deeds;
  }

  // mode: "write", "start" or "unblock"
  render(mode, commands) {
    this.#commands = commands;
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#build();
  }

  // A new chat: nothing half-written goes along.
  clear() {
    this.#replyTo = null;
    this.#input.value = "";
    this.#build();
  }

  replyTo(message) {
    this.#replyTo = message;
    this.#build();
    this.#input.focus();
  }

  focus() {
    this.#input.focus();
  }

  #build() {
    if (this.#mode === "start") this.#big("START", this.#deeds.start);
    else if (this.#mode === "unblock") this.#big("UNBLOCK", this.#deeds.unblock);
    else this.#writing();
  }

  #big(label, onclick) {
    const once = async ({ currentTarget: button }) => {
      button.disabled = true;
      await onclick();
      button.disabled = false;
    };
    this.element.replaceChildren(h("button", { type: "button", class: "big", onclick: once }, label));
  }

  #writing() {
    const form = h("form", { onsubmit: (event) => this.#submit(event) },
      iconButton("menu", "Commands", () => this.#toggleMenu()),
      this.#input,
      h("button", { class: "icon-button send", "aria-label": "Send", title: "Send" }, iconButton("send", "").firstChild));
    this.element.replaceChildren(...(this.#replyTo ? [this.#replying()] : []), form);
  }

  #replying() {
    const { from, text } = this.#replyTo;
    return h("div", { class: "replying" },
      h("span", { class: "grow" }, h("b", {}, userName(from)), ` ${text}`),
      iconButton("close", "Do not reply", () => { this.#replyTo = null; this.#build(); }));
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!text) return;
    this.#deeds.say(text, this.#replyTo?.message_id);
    this.clear();
    this.#input.focus();
  }

  #toggleMenu() {
    const open = this.element.querySelector(".menu");
    if (open) return open.remove();
    const entries = this.#commands.map(({ command, description }) =>
      h("button", { type: "button", onclick: () => this.#pick(command) }, h("b", {}, `/${command}`), h("span", {}, description)));
    const menu = h("div", { class: "menu" }, entries.length ? entries : h("span", {}, "The bot has set no commands."));
    return this.element.append(menu);
  }

  #escape(event) {
    if (event.key === "Escape") this.element.querySelector(".menu")?.remove();
  }

  #pick(command) {
    this.element.querySelector(".menu")?.remove();
    this.#input.value = `/${command} `;
    this.#input.focus();
  }
}
