import { isView, kindLabel, mayRetry, outcomeOf, parseStates, reasonOf, standing, toneOf, VIEWS } from "/static/now/js/text/alert-words.js";
import { clockTime } from "/static/now/js/text/times.js";
import { equal } from "../expect.js";

const NOON_MS = new Date(2030, 4, 10, 12).getTime();
const at = (hour) => new Date(2030, 4, 10, hour, 5).toISOString();
const stands = (alert) => standing({ attempts: 0, digest: null, next_attempt_at: null, ...alert }, NOON_MS);
const ofDigest = (state, sent_at = null) => ({ state: "merged", digest: { state, sent_at } });

export const specs = {
  "every state is told in words"() {
    const states = ["pending", "sending", "sent", "skipped", "unknown", "failed"];
    equal(states.map((state) => stands({ state })), ["Waiting", "On its way", "Sent", "Not sent", "Maybe sent", "Failed"]);
  },

  "a digest speaks for what went into it"() {
    equal(stands(ofDigest("sent", at(9))), `In a digest, sent ${clockTime(at(9), NOON_MS)}`);
    equal(["pending", "failed", "unknown"].map((state) => stands(ofDigest(state))), [
      "In the next digest", "In a digest that failed", "In a digest, maybe sent",
    ]);
    equal(["sent", "failed", "unknown", "pending"].map((state) => toneOf(ofDigest(state))), ["good", "bad", "doubtful", "plain"]);
  },

  "what waits after a failed attempt says when it is tried next"() {
    equal(stands({ state: "pending", attempts: 1, next_attempt_at: at(14) }), `Next try at ${clockTime(at(14), NOON_MS)}`);
    equal(stands({ state: "pending", attempts: 1, next_attempt_at: at(9) }), "Waiting");
  },

  "what was rerouted went to other chats, and any other reason is told"() {
    const rerouted = { state: "skipped", reason: "rerouted: it was blocked", reason_code: "rerouted" };
    equal([stands(rerouted), reasonOf(rerouted)], ["Went to other chats", null]);
    equal(stands({ ...rerouted, reason_code: null }), "Not sent");
    equal(reasonOf({ state: "skipped", reason: "the chat was muted" }), "The chat was muted.");
    equal(reasonOf({ state: "sent", reason: null }), null);
  },

  "kinds and outcomes are told in words, those of tomorrow too"() {
    equal(["new", "escalation", "digest", "of_tomorrow"].map(kindLabel), ["New complaint", "Escalation", "Digest", "Of tomorrow"]);
    equal(outcomeOf({ outcome: "not_sent", detail: "connection refused" }), "Not sent: connection refused");
    equal(["sent", null, "of_tomorrow"].map((outcome) => outcomeOf({ outcome })), ["Arrived", "Under way", "Of tomorrow"]);
  },

  "only what failed or may be lost can be sent again"() {
    equal(["pending", "sending", "sent", "merged", "skipped", "unknown", "failed"].filter((state) => mayRetry({ state })), ["unknown", "failed"]);
  },

  "an address of alerts names known states, else those that need a look"() {
    const states = (text) => parseStates(new URLSearchParams(text));
    equal([states(""), states("state=nonsense")], [VIEWS[0].states, VIEWS[0].states].map((all) => [...all]));
    equal(states("state=sent,failed"), ["sent", "failed"]);
    for (const view of VIEWS) equal(isView(view, states(view.address.split("?")[1] ?? "")), true);
  },
};
