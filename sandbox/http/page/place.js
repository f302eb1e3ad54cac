// Where this tab stands: whose phone, which chat, a deep link not yet started, what was read.

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

export class Place {
  user = null;
  chat = null;
  start = new URL(location.href).searchParams.get("start");
  #read = new Map();
  #phone = "";

  constructor() {
    if (!TOKEN.test(this.start ?? "")) this.start = null;
  }

  // Take user and chat from the hash as far as they exist; without one, the first user's private chat.
  read(state) {
    const hash = new URLSearchParams(location.hash.slice(1));
    const wanted = Number(hash.get("user"));
    this.user = state.users.some((user) => user.id === wanted) ? wanted : state.users[0].id;
    const chat = hash.has("chat") ? Number(hash.get("chat")) : this.user;
    const away = hash.get("chat") === "none" && !this.start;
    this.chat = away || !state.chats.get(chat)?.members.includes(this.user) ? null : chat;
    if (this.start) this.chat = this.user;
    for (const [id, messages] of state.messages) if (!this.#read.has(id)) this.#read.set(id, newest(messages));
  }

  go({ user = this.user, chat = this.chat }) {
    this.user = user;
    this.chat = chat;
    if (chat !== user) this.start = null;
    history.replaceState(null, "", `${this.start ? location.search : "/"}#user=${user}&chat=${chat ?? "none"}`);
  }

  // The deep link was used up.
  started() {
    this.start = null;
    this.go({});
  }

  // What the views need. Looking at a chat reads it. A chat just made may be chosen before it is heard of.
  view(state) {
    const chat = state.chats.has(this.chat) ? this.chat : null;
    if (chat !== null) this.#read.set(chat, newest(state.messages.get(chat) ?? new Map()));
    const phone = `${this.user} ${state.users.length}`;
    const phoneChanged = phone !== this.#phone;
    this.#phone = phone;
    const unread = (chatId) => [...(state.messages.get(chatId)?.values() ?? [])]
      .filter((message) => message.message_id > (this.#read.get(chatId) ?? 0) && message.from.id !== this.user).length;
    return { user: this.user, chat, start: this.start, phoneChanged, unread };
  }
}

function newest(messages) {
  return Math.max(0, ...messages.keys());
}
