// Who was told about a complaint on Telegram, and how that went.
import { html } from "../html.js";
import { capital, plural } from "../words.js";
import { Icon } from "./icons.js";
import { Ago } from "./parts.js";

const LABELS = { unknown: "Maybe sent", merged: "In a digest", pending: "Waiting" };
const SIGNS = { sent: "check", merged: "check", failed: "warn", unknown: "warn" };

/** Attempts come as a number or one by one. */
function tries({ attempts }) {
  const count = Array.isArray(attempts) ? attempts.length : (attempts ?? 0);
  return count > 1 ? plural(count, "attempt") : "";
}

function Alert({ alert }) {
  const notes = [capital(alert.kind), tries(alert), alert.reason].filter(Boolean).join(" · ");
  return html`<li class="alert is-${alert.state}">
    <${Icon} name=${SIGNS[alert.state] ?? "send"} />
    <div><p><strong>${alert.chat?.title ?? "A chat"}</strong></p><p class="faint">${notes}</p></div>
    <p class="when"><span>${LABELS[alert.state] ?? capital(alert.state)}</span>
      <span class="faint"><${Ago} at=${alert.sent_at ?? alert.created_at} /></span></p>
  </li>`;
}

function Nothing({ alerts, failed }) {
  if (failed) return html`<p class="faint">This can’t be read just now.</p>`;
  return html`<p class="faint">${alerts ? "Nobody yet." : "…"}</p>`;
}

export function Alerts({ alerts, failed }) {
  return html`<section class="card" aria-labelledby="told">
    <h2 id="told">Who was told</h2>
    ${alerts?.length
      ? html`<ul class="alerts">${alerts.map((alert) => html`<${Alert} key=${alert.id} alert=${alert} />`)}</ul>`
      : html`<${Nothing} alerts=${alerts} failed=${failed} />`}
  </section>`;
}
