import { mineFirst, noteOn, stateOf, unreachableLine } from "/static/now/js/text/chat-words.js";
import { equal } from "../expect.js";

const NOON_MS = new Date(2030, 4, 10, 12).getTime();

function chat(title, more = {}) {
  return { id: title, title, type: "private", state: "active", state_reason: null, muted_until: null, operator: { id: "ada", name: "Ada" }, ...more };
}

const lost = (title, more = {}) => chat(title, { state: "unreachable", state_reason: "Forbidden: bot was blocked by the user", ...more });

export const specs = {
  "the state of a chat is told in words"() {
    const until = new Date(2030, 4, 10, 15, 5).toISOString();
    equal(stateOf(chat("A", { state: "muted" }), NOON_MS), "Muted");
    equal(/^Muted until \D*0?3:05|15:05/.test(stateOf(chat("A", { state: "muted", muted_until: until }), NOON_MS)), true);
    equal(noteOn(chat("A")), null);
    equal(noteOn(lost("A")), "Can’t be reached: bot was blocked by the user. Its alerts go to others. Write /start to the bot in it.");
  },

  "one chat that can't be reached is named, with whose it is and what to do"() {
    equal(unreachableLine(null, "ada"), null);
    equal(unreachableLine([chat("A")], "ada"), null);
    equal(
      unreachableLine([chat("A"), lost("Phone")], "ada"),
      "Your chat “Phone” can’t be reached: bot was blocked by the user. Its alerts go to others. Write /start to the bot in it.",
    );
    const group = lost("Desk", { type: "supergroup", operator: { id: "kofi", name: "Kofi" }, state_reason: "the bot was removed" });
    equal(
      unreachableLine([group], "ada"),
      "Kofi’s chat “Desk” can’t be reached: the bot was removed. Its alerts go to others. Add the bot to it again, then write /start there.",
    );
  },

  "many chats that can't be reached are one sentence"() {
    const line = unreachableLine(["A", "B", "C", "D", "E"].map((title) => lost(title)), "ada");
    equal(line, "5 chats can’t be reached: A, B, C and 2 more. Their alerts go to others. Write /start to the bot in each.");
  },

  "one's own chats come first"() {
    const theirs = chat("B", { operator: { id: "kofi", name: "Kofi" } });
    equal(mineFirst([theirs, chat("A")], "ada").map(({ id }) => id), ["A", "B"]);
  },
};
