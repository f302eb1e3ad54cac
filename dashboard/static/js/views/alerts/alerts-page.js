// Alerts of all complaints: first those that need a look, with a way to send them again.
import { useEffect, useRef, useState } from "preact/hooks";
import { query } from "../../http/api.js";
import { VIEWS, isView, kindLabel, reasonOf, toneOf } from "../../text/alert-words.js";
import { plural } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Failure } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { AlertSign, Retry, Standing, When } from "./complaint-alerts.js";

const PAGE = 50;
const MOST = 200;
const LOOK_EVERY_MS = 10_000;

/** The alerts of these states, looked at again now and then; `more` goes on behind the last. */
function useAlerts(states) {
  const { api, clock, state } = useApp();
  const key = states.join();
  const wanted = useRef(key);
  wanted.current = key;
  const [found, setFound] = useState({ key: null, items: null, cursor: null, problem: null });
  const shown = found.key === key ? found : { items: null, cursor: null, problem: null };
  const fetch = async (limit, cursor, before) => {
    try {
      const page = await api.get(`/alerts${query({ state: key, limit, cursor })}`);
      if (wanted.current === key) setFound({ key, items: [...before, ...page.items], cursor: page.next_cursor, problem: null });
    } catch (problem) {
      if (wanted.current === key && problem.code !== "abandoned") setFound({ ...shown, key, problem });
    }
  };
  const reload = () => fetch(Math.min(MOST, Math.max(PAGE, shown.items?.length ?? 0)), null, []);
  const look = useRef(reload);
  look.current = reload;
  useEffect(() => void reload(), [key]);
  useEffect(() => clock.every(LOOK_EVERY_MS, () => state.peek().visible && look.current()), []);
  return { ...shown, reload, more: () => fetch(PAGE, shown.cursor, shown.items) };
}

function Views({ states }) {
  return html`<div class="choices" role="group" aria-label="Filter by state">
    ${VIEWS.map((view) => html`<a key=${view.label} class="choice" href=${view.address}
      aria-current=${isView(view, states) ? "true" : undefined}>${view.label}</a>`)}
  </div>`;
}

function About({ alert }) {
  if (!alert.reference) return null;
  return html`<a class="about reference" href=${`/complaints/${alert.reference}`}>${alert.reference}</a>`;
}

function Row({ alert, reload }) {
  const notes = [reasonOf(alert), alert.attempts > 1 && plural(alert.attempts, "attempt")].filter(Boolean).join(" ");
  return html`<li class="alert is-${toneOf(alert)}">
    <${AlertSign} alert=${alert} />
    <p class="what"><strong><bdi>${alert.chat.title}</bdi></strong> <span class="faint">${kindLabel(alert.kind)}</span></p>
    <${About} alert=${alert} />
    <p class="how"><${Standing} key=${`${alert.state} ${alert.next_attempt_at} ${alert.digest?.state}`} alert=${alert} /> <${When} alert=${alert} /></p>
    ${notes && html`<p class="why faint">${notes}</p>`}
    <${Retry} alert=${alert} done=${reload} />
  </li>`;
}

function Nothing({ states }) {
  if (!isView(VIEWS[0], states)) return html`<div class="nothing"><p>No alert is in this state.</p></div>`;
  return html`<div class="nothing"><span class="well"><${Icon} name="check" /></span><p>All is well.</p>
    <p class="faint">No alert failed, and none is waiting.</p></div>`;
}

function Rows({ items, states, reload }) {
  if (!items) return html`<p class="loading" role="status">Loading…</p>`;
  if (!items.length) return html`<${Nothing} states=${states} />`;
  return html`<ul class="rows alert-rows">${items.map((alert) => html`<${Row} key=${alert.id} alert=${alert} reload=${reload} />`)}</ul>`;
}

export function AlertsPage() {
  const { router } = useApp();
  const { states } = router.route.value;
  const { items, cursor, problem, reload, more } = useAlerts(states);
  return html`
    <h1 tabindex="-1">Alerts</h1>
    <div class="filters"><${Views} states=${states} /></div>
    <${Failure} problem=${problem} retry=${reload} />
    ${(items || !problem) && html`<${Rows} items=${items} states=${states} reload=${reload} />`}
    ${cursor && html`<button type="button" class="more" onClick=${more}>Show more</button>`}
  `;
}
