// What readiness found, in words for everybody: its own words name chats by id and instants in UTC.
import { withLocalTimes } from "./times.js";

const MEANING = {
  database: { down: "Nothing can be saved" },
  telegram: { down: "Telegram alerts are not going out", degraded: "Some Telegram alerts wait" },
  workers: {
    down: "Workers are not answering: alerts and live changes may be late",
    degraded: "Alerts and live changes may be late",
  },
  redis: { down: "Live changes are late" },
  mail: { degraded: "Some mail did not get through" },
  broker: { down: "Alerts and live changes may be late" },
};
const CHAT = /\bchat ([0-9a-f]{8}-[0-9a-f-]{27})\b/g;

function meaningOf(name, status) {
  return MEANING[name][status] ?? MEANING[name].down;
}

function withTitles(text, chats) {
  const titles = new Map((chats ?? []).map(({ id, title }) => [id, title]));
  return text.replace(CHAT, (_, id) => (titles.has(id) ? `the chat “${titles.get(id)}”` : "a chat"));
}

/** One broker that is Redis itself is told of once. */
function isTold(name, checks) {
  return name in MEANING && checks[name].status !== "ok" && meaningOf(name, checks[name].status) && !(name === "broker" && checks.redis?.status !== "ok");
}

/** A line for each part of the deployment that is not well; `checks` are those of /readyz. */
export function readinessLines(checks, chats, nowMs) {
  return Object.keys(checks ?? {})
    .filter((name) => isTold(name, checks))
    .map((name) => {
      const { status, detail } = checks[name];
      const meaning = meaningOf(name, status);
      return detail ? `${meaning}: ${withTitles(withLocalTimes(detail, nowMs), chats)}.` : `${meaning}.`;
    });
}
