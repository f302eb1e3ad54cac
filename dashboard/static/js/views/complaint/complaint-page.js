// One complaint: what it says, where it stands, what happened, who was told.
import { openComplaint } from "../../store/complaints.js";
import { headline, mayAct } from "../../text/words.js";
import { ComplaintAlerts } from "../alerts/complaint-alerts.js";
import { useApp } from "../shared/app-context.js";
import { Severity, Status } from "../shared/badges.js";
import { CopyButton } from "../shared/copy-button.js";
import { Failure } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { Ago } from "../shared/moment.js";
import { Assignee } from "./assignee.js";
import { CommentForm } from "./comment-form.js";
import { Facts } from "./facts.js";
import { StatusSteps } from "./status-steps.js";
import { Timeline } from "./timeline.js";
import { Viewers } from "./viewers.js";

function Heading({ complaint }) {
  return html`<header class="detail-head">
    <p class="meta">
      <span class="reference">${complaint.reference}</span>
      <${CopyButton} text=${complaint.reference} label="Copy the reference" />
      <${Severity} severity=${complaint.severity} />
      <${Status} status=${complaint.status} />
      <span class="faint"><${Ago} at=${complaint.created_at} /></span>
    </p>
    <h1 tabindex="-1"><bdi>${headline(complaint)}</bdi></h1>
  </header>`;
}

function Body({ complaint, detail, operator }) {
  const acts = mayAct(operator) && !detail.removed;
  return html`
    <${Heading} complaint=${complaint} />
    <${Viewers} />
    <div class="acts">
      ${acts && html`<${StatusSteps} complaint=${complaint} />`}
      <${Assignee} complaint=${complaint} acts=${acts} />
    </div>
    <div class="detail">
      <div class="story">
        ${complaint.description !== headline(complaint) && html`<p class="description card" dir="auto">${complaint.description}</p>`}
        <section aria-labelledby="activity">
          <h2 id="activity">Activity</h2>
          <${Timeline} detail=${detail} />
          ${acts && html`<${CommentForm} complaint=${complaint} />`}
        </section>
      </div>
      <aside class="side" aria-label="About this complaint">
        <${Facts} complaint=${complaint} />
        <${ComplaintAlerts} alerts=${detail.alerts} failed=${detail.alertsFailed} />
      </aside>
    </div>
  `;
}

function Missing({ problem }) {
  const { loaders } = useApp();
  if (problem?.status === 404) {
    return html`<div class="nothing"><h1 tabindex="-1">No such complaint</h1>
      <p>There is none with this reference, or it is at a site that you don’t see.</p><a href="/">All complaints</a></div>`;
  }
  if (problem) return html`<${Failure} problem=${problem} retry=${() => loaders.complaint.load()} />`;
  return html`<p class="loading" role="status">Loading…</p>`;
}

export function ComplaintPage() {
  const { state, router, loaders } = useApp();
  const { detail, operator } = state.value;
  const complaint = openComplaint(state.value, router.route.value.reference);
  const failed = detail.state === "failed" ? detail.problem : null;
  return html`
    <p class="crumbs"><a href="/"><${Icon} name="back" />Complaints</a></p>
    ${detail.removed && html`<p class="notice" role="status">This complaint has left what you may see.</p>`}
    ${complaint && failed && html`<${Failure} problem=${failed} retry=${() => loaders.complaint.load()} />`}
    ${complaint ? html`<${Body} complaint=${complaint} detail=${detail} operator=${operator} />` : html`<${Missing} problem=${failed} />`}
  `;
}
