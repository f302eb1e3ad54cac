// What is known about a complaint besides its words.
import { useComputed } from "@preact/signals";
import { absolute, due } from "../../text/times.js";
import { capital, isOpen } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";

function Due({ at, done, open }) {
  const { clock } = useApp();
  const text = useComputed(() => due(at, clock.nowMs.value).text);
  const late = useComputed(() => due(at, clock.nowMs.value).late);
  if (done || !open) return html`<span title=${absolute(at)}>${done ? `done ${absolute(done)}` : absolute(at)}</span>`;
  return html`<span class=${late.value ? "late" : ""} title=${absolute(at)}>${text}</span>`;
}

const Fact = ({ name, children }) => (children ? html`<div><dt>${name}</dt><dd>${children}</dd></div>` : null);

export function Facts({ complaint }) {
  const { reporter, ack_due_at: ackDue, resolve_due_at: resolveDue } = complaint;
  const open = isOpen(complaint.status);
  return html`<section class="card" aria-labelledby="facts">
    <h2 id="facts">Details</h2>
    <dl class="facts">
      <${Fact} name="Category">${capital(complaint.category)}<//>
      <${Fact} name="Site">${complaint.site}<//>
      <${Fact} name="Location">${complaint.location}<//>
      <${Fact} name="Submitted">${absolute(complaint.created_at)}<//>
      <${Fact} name="Acknowledge">${ackDue && html`<${Due} at=${ackDue} done=${complaint.acknowledged_at} open=${open} />`}<//>
      <${Fact} name="Resolve">${resolveDue && html`<${Due} at=${resolveDue} done=${complaint.resolved_at} open=${open} />`}<//>
      <${Fact} name="Reporter">${reporter?.name}<//>
      <${Fact} name="E-mail">${reporter?.email && html`<a href=${`mailto:${reporter.email}`}>${reporter.email}</a>`}<//>
      <${Fact} name="Phone">${reporter?.phone && html`<a href=${`tel:${reporter.phone}`}>${reporter.phone}</a>`}<//>
      <${Fact} name="Source">${complaint.source?.name ?? complaint.source}<//>
      <${Fact} name="External id">${complaint.external_id}<//>
    </dl>
  </section>`;
}
