// What is looked up: how ready the parts are, whom a complaint may be assigned to, linked chats, the words to sort by.
export const emptyLookups = Object.freeze({
  readiness: null, // checks of /readyz: name → {status, detail}
  operators: [],
  chats: null, // null: not known yet
  chatsProblem: null,
  categories: [],
  sites: [],
});

const handlers = {
  readiness: (state, { checks }) => ({ ...state, readiness: checks }),
  operators_arrived: (state, { operators }) => ({ ...state, operators }),
  chats_arrived: (state, { chats }) => ({ ...state, chats, chatsProblem: null }),
  chats_failed: (state, { problem }) => ({ ...state, chatsProblem: problem }),
  chat_changed: (state, { chat }) => ({
    ...state,
    chats: state.chats?.map((other) => (other.id === chat.id ? chat : other)) ?? null,
  }),
  sorting_arrived: (state, { categories, sites }) => ({ ...state, categories, sites }),
};

export function onLookups(state, message) {
  return handlers[message.type]?.(state, message) ?? state;
}
