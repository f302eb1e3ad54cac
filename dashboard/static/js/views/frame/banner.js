// What everybody should know before they trust the page: alerts that are off, a connection given up.
import { unreachableLine } from "../../text/chat-words.js";
import { withLocalTimes } from "../../text/times.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { staleLine } from "./connection-sign.js";

const MEANING = {
  telegram: "Telegram alerts are not going out",
  workers: "Workers are not answering: alerts and live changes may be late",
  redis: "Live changes are late",
};

function lineFor(name, detail) {
  return detail ? `${MEANING[name]}: ${withLocalTimes(detail, Date.now())}.` : `${MEANING[name]}.`;
}

function troubles({ readiness, connection, chats, operator }) {
  const failing = Object.entries(readiness ?? {}).filter(([name, { status }]) => MEANING[name] && status !== "ok");
  const lines = failing.map(([name, { detail }]) => lineFor(name, detail));
  const stopped = connection.state === "stopped" ? connection.reason : null;
  return [stopped ?? staleLine(connection, Date.now()), ...lines, unreachableLine(chats, operator.id)].filter(Boolean);
}

export function Banner() {
  const { state } = useApp();
  const lines = troubles(state.value);
  if (!lines.length) return null;
  return html`<aside class="banner" aria-label="Warnings">
    ${lines.map((line) => html`<p key=${line}><${Icon} name="warn" /><span>${line}</span></p>`)}
  </aside>`;
}
