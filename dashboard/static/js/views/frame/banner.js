// What everybody should know before they trust the page: alerts that are off, a connection given up.
import { unreachableLine } from "../../text/chat-words.js";
import { readinessLines } from "../../text/readiness-words.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { staleLine } from "./connection-sign.js";

function troubles({ readiness, connection, chats, operator }) {
  const nowMs = Date.now();
  const stopped = connection.state === "stopped" ? connection.reason : null;
  const lines = readinessLines(readiness, chats, nowMs);
  return [stopped ?? staleLine(connection, nowMs), ...lines, unreachableLine(chats, operator.id)].filter(Boolean);
}

export function Banner() {
  const { state } = useApp();
  const lines = troubles(state.value);
  if (!lines.length) return null;
  return html`<aside class="banner" aria-label="Warnings">
    ${lines.map((line) => html`<p key=${line}><${Icon} name="warn" /><span>${line}</span></p>`)}
  </aside>`;
}
