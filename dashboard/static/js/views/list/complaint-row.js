// One complaint in the list.
import { useComputed } from "@preact/signals";
import { Component } from "preact";
import { absolute, due } from "../../text/times.js";
import { capital, firstLine, headline } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Avatar, Severity, Status } from "../shared/badges.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { Age } from "../shared/moment.js";

/** Nobody has taken notice in time. */
function Late({ at }) {
  const { clock } = useApp();
  const text = useComputed(() => due(at, clock.nowMs.value).text);
  const isLate = useComputed(() => due(at, clock.nowMs.value).late);
  return isLate.value && html`<span class="late" title=${`To be acknowledged by ${absolute(at)}`}>
    <${Icon} name="late" />${text}
  </span>`;
}

function Place({ complaint }) {
  return html`<span class="place">
    <span class="category">${capital(complaint.category)}</span>
    ${complaint.site && html`<span class="site"><bdi>${complaint.site}</bdi></span>`}
  </span>`;
}

function Summary({ complaint }) {
  const { reference, status, severity, subject, description, assignee } = complaint;
  const waits = status === "reported" && complaint.ack_due_at;
  return html`<a href=${`/complaints/${reference}`}>
    <${Severity} severity=${severity} quiet />
    <span class="reference">${reference}</span>
    <span class="headline"><span class="subject"><bdi>${headline(complaint)}</bdi></span>
      ${subject && html`<span class="excerpt"><bdi>${firstLine(description)}</bdi></span>`}</span>
    ${waits && html`<${Late} at=${complaint.ack_due_at} />`}
    <${Place} complaint=${complaint} />
    <${Status} status=${status} />
    <span class="assignee"><${Avatar} name=${assignee?.name} /><span class="name"><bdi>${assignee?.name ?? "Nobody"}</bdi></span></span>
    <${Age} at=${complaint.created_at} />
  </a>`;
}

/** Drawn again only if it changed itself: one event in a thousand rows must not cost a thousand. */
export class ComplaintRow extends Component {
  shouldComponentUpdate(next) {
    return ["complaint", "fresh", "leaves"].some((name) => next[name] !== this.props[name]);
  }

  render({ complaint, fresh, leaves }) {
    return html`<li class=${leaves ? "row leaves" : "row"}>
      ${fresh && html`<span class="flash" key=${fresh} aria-hidden="true"></span>`}
      <${Summary} complaint=${complaint} />
    </li>`;
  }
}
