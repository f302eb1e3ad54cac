// One message as it stands in the conversation.

import { h, icon, iconButton } from "./dom.js";
import { richText } from "./entities.js";
import { userName } from "./store.js";
import { clock, iso } from "./times.js";

// deeds: {press(button, message, data), command(text), reply(message), jump(messageId)}
export function bubble(message, { me, inGroup }, deeds) {
  if (message.text === undefined) return h("div", { class: "service" }, serviceText(message));
  const out = message.from.id === me;
  return h("article", { class: out ? "message out" : "message", "data-message-id": message.message_id },
    h("div", { class: "bubble" },
      inGroup && !out && h("div", { class: "sender" }, userName(message.from)),
      message.reply_to_message && quote(message.reply_to_message, deeds),
      h("div", { class: "text" }, richText(message.text, message.entities, deeds.command), meta(message)),
      iconButton("reply", "Reply", () => deeds.reply(message), { class: "icon-button reply" })),
    message.reply_markup && keys(message, deeds));
}

function meta(message) {
  const words = [message.silent && "silent", message.edit_date && "edited", clock(message.date)].filter(Boolean).join(" ");
  return h("time", { class: "meta", datetime: iso(message.edit_date ?? message.date) }, words);
}

function quote(message, deeds) {
  return h("button", { type: "button", class: "quote", onclick: () => deeds.jump(message.message_id) },
    h("b", {}, userName(message.from)), " ", message.text ?? "");
}

function keys(message, deeds) {
  const rows = message.reply_markup.inline_keyboard;
  return h("div", { class: "keys" }, rows.map((row) =>
    h("div", { class: "row" }, row.map((button) => key(button, message, deeds)))));
}

function key(button, message, deeds) {
  if (button.url) {
    return h("a", { class: "key", href: safeUrl(button.url), target: "_blank", rel: "noopener noreferrer" },
      button.text, icon("link"));
  }
  const onclick = (event) => deeds.press(event.currentTarget, message, button.callback_data);
  return h("button", { type: "button", class: "key", "data-callback": button.callback_data, onclick,
    disabled: button.callback_data === undefined }, button.text);
}

function safeUrl(url) {
  return /^https?:\/\//i.test(url) ? url : null;
}

function serviceText(message) {
  const who = userName(message.from);
  if (message.new_chat_members) return `${who} added ${message.new_chat_members.map(userName).join(", ")}`;
  if (message.migrate_from_chat_id) return "The group became a supergroup";
  return "Something changed";
}
