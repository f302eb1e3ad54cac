// What happened, oldest first, with the comments where they were made.
import { timelineEntries } from "../../store/timeline-entries.js";
import { actorName, capital, deed, reasonOf } from "../../text/words.js";
import { Avatar } from "../shared/badges.js";
import { html } from "../shared/html.js";
import { Icon, StatusIcon } from "../shared/icons.js";
import { Ago } from "../shared/moment.js";

function Sign({ event }) {
  if (event.name === "status_update") return html`<${StatusIcon} status=${event.changes.status[1]} />`;
  if (event.name === "new_complaint") return html`<${StatusIcon} status="reported" />`;
  return html`<span class="bullet" aria-hidden="true"></span>`;
}

function Fact({ event, at }) {
  const reason = reasonOf(event);
  return html`<li class="fact">
    <span class="sign"><${Sign} event=${event} /></span>
    <div><p><strong><bdi>${actorName(event.actor)}</bdi></strong> ${deed(event)} <span class="faint">· <${Ago} at=${at} /></span></p>
      ${reason && html`<p class="said" dir="auto">${reason}</p>`}</div>
  </li>`;
}

function Comment({ comment, at }) {
  const internal = comment.visibility === "internal";
  return html`<li class="comment">
    <span class="sign"><${Avatar} name=${actorName(comment.author)} /></span>
    <article class="card">
      <p class="by"><strong><bdi>${actorName(comment.author)}</bdi></strong>
        <span class="faint"><${Ago} at=${at} /></span>
        <span class="tag">${internal && html`<${Icon} name="lock" />`}${capital(comment.visibility)}</span></p>
      <p class="text" dir="auto">${comment.text}</p>
    </article>
  </li>`;
}

export function Timeline({ detail }) {
  if (detail.state === "loading" && !detail.events.length) return html`<p class="loading" role="status">Loading…</p>`;
  return html`<ol class="timeline">
    ${timelineEntries(detail.events, detail.comments).map(({ key, at, event, comment }) =>
      event ? html`<${Fact} key=${key} event=${event} at=${at} />` : html`<${Comment} key=${key} comment=${comment} at=${at} />`)}
  </ol>`;
}
