// The open chat: its head, its messages, the composer.

import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { avatar, h, icon, iconButton } from "./dom.js";
import { chatTitle } from "./store.js";
import { day, dayKey } from "./times.js";

const NEAR_END = 80;

export class Conversation {
  #element;
  #deeds;
  #composer;
  #list = h("div", { class: "messages", role: "log" });
  #scroll = h("div", { class: "scroll" }, this.#list);
  #jump;
  #empty = h("p", { class: "empty" }, "No messages here yet");
  #nodes = new Map();
  #shown = "";
  #topic = null;

  // deeds: see bubble.js and composer.js, and {back(), panel(), topic()}
  constructor(element, deeds) {
    this.#element = element;
    this.#composer = new Composer({ ...deeds, say: (text, replyTo) => deeds.say(text, replyTo, this.#topic) });
    this.#deeds = { ...deeds, reply: (message) => this.#composer.replyTo(message), jump: (id) => this.#flash(id) };
    this.#jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.#toEnd() }, icon("down"), "New messages");
    this.#scroll.addEventListener("scroll", () => { if (this.#atEnd()) this.#jump.hidden = true; });
  }

  render(state, ui) {
    const chat = state.chats.get(ui.chat);
    if (!chat) return this.#nothing();
    const opened = this.#shown !== `${ui.user}/${chat.id}`;
    if (opened) this.#open(`${ui.user}/${chat.id}`);
    const stick = opened || this.#atEnd();
    this.#frame(state, chat);
    const added = this.#messages(state, ui, chat);
    this.#composer.render(mode(chat, ui), state.commands.default ?? []);
    const last = added.at(-1);
    if (last && asks(last, ui.user, chat)) this.#composer.replyTo(last);
    if (stick) this.#toEnd();
    else if (added.length) this.#jump.hidden = false;
    return undefined;
  }

  focus() {
    this.#composer.focus();
  }

  #nothing() {
    this.#shown = "";
    this.#element.replaceChildren(h("p", { class: "empty" }, "Choose a chat"));
  }

  #open(shown) {
    this.#shown = shown;
    this.#topic = null;
    this.#nodes.clear();
    this.#list.replaceChildren();
    this.#composer.clear();
    this.#jump.hidden = true;
    this.#element.replaceChildren(h("header"), h("nav"), this.#scroll, this.#jump, this.#composer.element);
  }

  #frame(state, chat) {
    const title = chatTitle(state, chat);
    const header = h("header", { class: "bar" },
      iconButton("back", "Back to the chats", this.#deeds.back, { class: "icon-button back" }),
      avatar(chat.type === "private" ? 0 : chat.id, title, true),
      h("div", { class: "grow" }, h("h1", {}, title), h("div", { class: "sub" }, subtitle(state, chat))),
      iconButton("tools", "Sandbox controls", this.#deeds.panel));
    this.#element.children[0].replaceWith(header);
    this.#element.children[1].replaceWith(this.#topics(chat));
  }

  #topics(chat) {
    const topics = Object.entries(chat.topics);
    const tab = (id, name) => h("button", { type: "button", "aria-pressed": String(this.#topic === id),
      onclick: () => { this.#topic = id; this.#deeds.topic(); } }, name);
    return h("nav", { class: "topics", "aria-label": "Topics", hidden: !topics.length },
      tab(null, "All"), topics.map(([id, name]) => tab(Number(id), name)));
  }

  // Bring the list up to date, keeping the nodes of messages that did not change; return those that were added.
  #messages(state, ui, chat) {
    const view = { me: ui.user, inGroup: chat.type !== "private" };
    const before = this.#nodes;
    this.#nodes = new Map();
    const nodes = [];
    let lastDay = "";
    for (const [id, message] of state.messages.get(chat.id) ?? []) {
      if (this.#topic !== null && message.message_thread_id !== this.#topic) continue;
      const old = before.get(id);
      const kept = old?.message === message ? old : { message, node: bubble(message, view, this.#deeds) };
      this.#nodes.set(id, kept);
      if (dayKey(message.date) !== lastDay) nodes.push(h("div", { class: "day" }, day(message.date)));
      lastDay = dayKey(message.date);
      nodes.push(kept.node);
    }
    if (!nodes.length) nodes.push(this.#empty);
    this.#place(nodes);
    return [...this.#nodes].filter(([id]) => !before.has(id)).map(([, { message }]) => message);
  }

  // Put nodes in order, touching only what is elsewhere, so that focus and selection stay.
  #place(nodes) {
    const wanted = new Set(nodes);
    for (const child of [...this.#list.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, place) => {
      if (this.#list.children[place] !== node) this.#list.insertBefore(node, this.#list.children[place] ?? null);
    });
  }

  #atEnd() {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < NEAR_END;
  }

  #toEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#jump.hidden = true;
  }

  #flash(messageId) {
    const node = this.#nodes.get(messageId)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("flash");
    requestAnimationFrame(() => node.classList.add("flash"));
  }
}

// A question of the bot's opens the keyboard for its answer; a selective one only for who is mentioned in it.
function asks(message, me, chat) {
  if (!message.force_reply) return false;
  const mentioned = (message.entities ?? []).some((entity) => entity.user?.id === me);
  return chat.type === "private" || !message.force_reply.selective || mentioned || message.reply_to_message?.from.id === me;
}

function mode(chat, ui) {
  if (chat.type !== "private") return "write";
  if (ui.start || chat.bot === "stranger") return "start";
  return chat.bot === "kicked" ? "unblock" : "write";
}

function subtitle(state, chat) {
  if (chat.type === "private") return chat.bot === "kicked" ? "bot, blocked" : `@${state.bot.username}`;
  const people = `${chat.members.length} ${chat.members.length === 1 ? "person" : "people"}`;
  return chat.bot === "member" ? `${chat.type}, ${people} and the bot` : `${chat.type}, ${people}, without the bot`;
}
