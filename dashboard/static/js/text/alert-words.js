// Alerts in words: what they tell, how they stand, and what became of each attempt.
import { ALERT_KINDS, ALERT_STATES, ATTEMPT_OUTCOMES } from "./served-words.js";
import { clockTime } from "./times.js";
import { capital } from "./words.js";

const NEED_A_LOOK = ["failed", "unknown", "pending"];

/** What the page of alerts offers; the first is what it shows unasked. */
export const VIEWS = [
  { label: "Need a look", states: NEED_A_LOOK, address: "/alerts" },
  { label: "Failed", states: ["failed"], address: "/alerts?state=failed" },
  { label: "Maybe sent", states: ["unknown"], address: "/alerts?state=unknown" },
  { label: "Waiting", states: ["pending", "sending"], address: "/alerts?state=pending,sending" },
  { label: "Sent", states: ["sent"], address: "/alerts?state=sent" },
  { label: "In a digest", states: ["merged"], address: "/alerts?state=merged" },
  { label: "Not sent", states: ["skipped"], address: "/alerts?state=skipped" },
];

export function parseStates(search) {
  const asked = (search.get("state") ?? "").split(",");
  const states = ALERT_STATES.filter((state) => asked.includes(state));
  return states.length ? states : NEED_A_LOOK;
}

export function isView({ states }, chosen) {
  return [...states].sort().join() === [...chosen].sort().join();
}

export function kindLabel(kind) {
  return ALERT_KINDS[kind]?.label ?? capital(kind);
}

export function mayRetry({ state }) {
  return state === "failed" || state === "unknown";
}

/** Did it arrive ("good"), must somebody look ("bad", "doubtful"), or neither? A digest speaks for what went into it. */
export function toneOf({ state, digest }) {
  const settled = state === "merged" ? digest?.state : state;
  return { sent: "good", failed: "bad", unknown: "doubtful" }[settled] ?? "plain";
}

export function isRerouted({ state, reason_code: code }) {
  return state === "skipped" && code === "rerouted";
}

function ofDigest({ digest }, nowMs) {
  if (digest?.state === "sent" && digest.sent_at) return `In a digest, sent ${clockTime(digest.sent_at, nowMs)}`;
  if (digest?.state === "failed") return "In a digest that failed";
  if (digest?.state === "unknown") return "In a digest, maybe sent";
  return "In the next digest";
}

function ofWaiting({ next_attempt_at: next, attempts }, nowMs) {
  return attempts > 0 && next && Date.parse(next) > nowMs ? `Next try at ${clockTime(next, nowMs)}` : "Waiting";
}

/** How an alert stands, in a few words. */
export function standing(alert, nowMs) {
  if (alert.state === "merged") return ofDigest(alert, nowMs);
  if (alert.state === "pending") return ofWaiting(alert, nowMs);
  if (isRerouted(alert)) return "Went to other chats";
  return { sending: "On its way", skipped: "Not sent", unknown: "Maybe sent" }[alert.state] ?? capital(alert.state);
}

/** Why, where the words of the standing don't say it. */
export function reasonOf(alert) {
  return alert.reason && !isRerouted(alert) ? `${capital(alert.reason).replace(/\.$/, "")}.` : null;
}

/** What became of one attempt. */
export function outcomeOf({ outcome, detail }) {
  if (!outcome) return "Under way";
  const words = ATTEMPT_OUTCOMES[outcome] ?? capital(outcome);
  return detail ? `${words}: ${detail}` : words;
}
