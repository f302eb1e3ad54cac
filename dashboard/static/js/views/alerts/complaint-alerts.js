// Who was told about a complaint on Telegram, how that went, and every attempt.
import { useComputed } from "@preact/signals";
import { kindLabel, mayRetry, outcomeOf, reasonOf, standing, toneOf } from "../../text/alert-words.js";
import { isolated } from "../../text/isolated.js";
import { absolute, clockTime } from "../../text/times.js";
import { mayAct, plural } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { Ago } from "../shared/moment.js";

const SIGNS = { good: "check", bad: "warn", doubtful: "warn" };

export const AlertSign = ({ alert }) => html`<${Icon} name=${SIGNS[toneOf(alert)] ?? (alert.state === "skipped" ? "skip" : "send")} />`;

export function Standing({ alert }) {
  const { clock } = useApp();
  const words = useComputed(() => standing(alert, clock.nowMs.value));
  return html`<span class="standing">${words}</span>`;
}

/** A digest says itself when it was sent. */
export function When({ alert }) {
  if (alert.state === "merged") return null;
  return html`<span class="faint"><${Ago} key=${alert.sent_at} at=${alert.sent_at ?? alert.created_at} /></span>`;
}

export function Retry({ alert, done }) {
  const { api, state } = useApp();
  const work = useWork();
  if (!mayRetry(alert) || !mayAct(state.value.operator)) return null;
  const send = () => work.run(async () => {
    await api.post(`/alerts/${alert.id}/retry`);
    await done();
  });
  const name = `Retry the alert to ${isolated(alert.chat.title)}`;
  return html`<div class="retry"><button type="button" aria-label=${name} disabled=${work.busy} onClick=${send}>Retry</button>
    <${Failure} problem=${work.problem} /></div>`;
}

function Tries({ history }) {
  const { clock } = useApp();
  if (!history?.length) return null;
  return html`<details class="tries"><summary>${plural(history.length, "attempt")}</summary>
    <ol>${history.map((attempt) => html`<li key=${attempt.number}>
      <time datetime=${attempt.started_at} title=${absolute(attempt.started_at)}>${clockTime(attempt.started_at, clock.nowMs.peek())}</time>
      <span>${outcomeOf(attempt)}</span></li>`)}</ol>
  </details>`;
}

function Alert({ alert }) {
  const { loaders } = useApp();
  const reason = reasonOf(alert);
  return html`<li class="alert is-${toneOf(alert)}">
    <${AlertSign} alert=${alert} />
    <div>
      <p class="line"><strong><bdi>${alert.chat?.title ?? "A chat"}</bdi></strong><span class="faint">${kindLabel(alert.kind)}</span></p>
      <p class="line"><${Standing} key=${`${alert.state} ${alert.next_attempt_at} ${alert.digest?.state}`} alert=${alert} /><${When} alert=${alert} /></p>
      ${reason && html`<p class="faint">${reason}</p>`}
      <${Tries} history=${alert.history} />
      <${Retry} alert=${alert} done=${() => loaders.alerts.load()} />
    </div>
  </li>`;
}

function Nothing({ alerts, failed }) {
  if (failed) return html`<p class="faint">This can’t be read just now.</p>`;
  return html`<p class="faint">${alerts ? "Nobody yet." : "…"}</p>`;
}

export function ComplaintAlerts({ alerts, failed }) {
  return html`<section class="card" aria-labelledby="told">
    <h2 id="told">Who was told</h2>
    ${alerts?.length
      ? html`<ul class="alerts">${alerts.map((alert) => html`<${Alert} key=${alert.id} alert=${alert} />`)}</ul>`
      : html`<${Nothing} alerts=${alerts} failed=${failed} />`}
  </section>`;
}
