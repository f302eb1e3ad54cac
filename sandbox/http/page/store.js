// The page's memory: (state, change) → state. Pure; what did not change keeps its identity.

export const CALLS_SHOWN = 40;

// What the server's state becomes here.
export function fromServer(answer) {
  return {
    ...answer,
    chats: new Map(answer.chats.map((chat) => [chat.id, chat])),
    messages: new Map(Object.entries(answer.messages).map(([id, list]) => [Number(id), byId(list)])),
  };
}

export function reduce(state, change) {
  switch (change.type) {
    case "chat": return withChat(state, change.chat);
    case "message": return withMessage(state, change.chat_id, change.message);
    case "deleted": return withoutMessage(state, change.chat_id, change.message_id);
    case "commands": return { ...state, commands: change.commands };
    case "controls": return { ...state, faults: change.faults, limits: change.limits };
    case "call": return { ...state, calls: [change.call, ...state.calls].slice(0, CALLS_SHOWN) };
    default: return state;
  }
}

// The chats on this user's phone, the latest first.
export function chatsOf(state, userId) {
  return [...state.chats.values()]
    .filter((chat) => chat.members.includes(userId))
    .sort((a, b) => lastDate(state, b.id) - lastDate(state, a.id) || b.id - a.id);
}

export function lastMessage(state, chatId) {
  return [...(state.messages.get(chatId)?.values() ?? [])].at(-1);
}

export const userName = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

// On a phone a private chat is called like the bot.
export const chatTitle = (state, chat) => (chat.type === "private" ? state.bot.first_name : chat.title);

function lastDate(state, chatId) {
  return lastMessage(state, chatId)?.date ?? 0;
}

function byId(list) {
  return new Map(list.map((message) => [message.message_id, message]));
}

function withChat(state, chat) {
  const chats = new Map(state.chats);
  if (chat.deleted || chat.migrated_to !== null) chats.delete(chat.id);
  else chats.set(chat.id, chat);
  const user = chat.user;
  const known = !user || state.users.some((other) => other.id === user.id);
  return { ...state, chats, users: known ? state.users : [...state.users, user] };
}

function withMessage(state, chatId, message) {
  const own = new Map(state.messages.get(chatId));
  own.set(message.message_id, message);
  return { ...state, messages: new Map(state.messages).set(chatId, own) };
}

function withoutMessage(state, chatId, messageId) {
  const own = new Map(state.messages.get(chatId));
  own.delete(messageId);
  return { ...state, messages: new Map(state.messages).set(chatId, own) };
}
