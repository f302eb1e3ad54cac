import { initial, reduce } from "/static/now/js/store/reducer.js";
import { equal } from "../expect.js";

function chat(title, more = {}) {
  return { id: title, title, type: "private", state: "active", state_reason: null, muted_until: null, operator: { id: "ada", name: "Ada" }, ...more };
}

export const specs = {
  "a chat that was changed takes the place of what was known, and a failed look keeps it"() {
    const known = reduce(initial, { type: "chats_arrived", chats: [chat("A"), chat("B")] });
    const state = reduce(known, { type: "chat_changed", chat: chat("B", { state: "muted" }) });
    equal(state.chats.map(({ state: word }) => word), ["active", "muted"]);
    const failed = reduce(state, { type: "chats_failed", problem: "…" });
    equal([failed.chats === state.chats, failed.chatsProblem], [true, "…"]);
    equal(reduce(failed, { type: "signed_out" }).chats, null);
  },
};
