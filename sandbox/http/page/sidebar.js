// Whose phone this is, and the chats on it.

import { avatar, h, iconButton } from "./dom.js";
import { chatTitle, chatsOf, lastMessage, userName } from "./store.js";
import { brief, iso } from "./times.js";

// deeds: {choose(chatId), become(userId), newUser(), newGroup(), panel()}
export function renderSidebar(element, state, ui, deeds) {
  const list = h("ul", { class: "chats" }, chatsOf(state, ui.user).map((chat) => entry(state, ui, chat, deeds)));
  const old = element.querySelector(".chats")?.scrollTop ?? 0;
  const focused = document.activeElement?.closest?.(".chats [data-chat-id]")?.dataset.chatId;
  if (element.childElementCount && !ui.phoneChanged) element.querySelector(".chats").replaceWith(list);
  else element.replaceChildren(head(state, ui, deeds), list, foot(deeds));
  list.scrollTop = old;
  if (focused) list.querySelector(`[data-chat-id="${focused}"]`)?.focus();
}

function head(state, ui, deeds) {
  const options = state.users.map((user) => h("option", { value: user.id, selected: user.id === ui.user }, userName(user)));
  return h("header", { class: "bar" },
    h("select", { class: "who", "aria-label": "Whose phone", onchange: (event) => deeds.become(Number(event.target.value)) }, options),
    iconButton("tools", "Sandbox controls", deeds.panel));
}

function foot(deeds) {
  return h("footer", {},
    h("button", { type: "button", class: "push", onclick: deeds.newUser }, "Add person"),
    h("button", { type: "button", class: "push", onclick: deeds.newGroup }, "Add group"));
}

function entry(state, ui, chat, deeds) {
  const title = chatTitle(state, chat);
  const last = lastMessage(state, chat.id);
  const unread = ui.unread(chat.id);
  return h("li", {},
    h("button", { type: "button", "data-chat-id": chat.id, "aria-current": String(chat.id === ui.chat),
      onclick: () => deeds.choose(chat.id) },
      avatar(chat.type === "private" ? 0 : chat.id, title),
      h("span", { class: "grow" },
        h("span", { class: "line" },
          h("span", { class: "title" }, title),
          last && h("time", { datetime: iso(last.date) }, brief(last.date))),
        h("span", { class: "line" },
          h("span", { class: "preview" }, preview(last, chat)),
          unread > 0 && h("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread))))));
}

function preview(last, chat) {
  if (last?.text) return last.text.split("\n", 1)[0];
  return chat.type === "private" ? "No messages yet" : "Group created";
}
