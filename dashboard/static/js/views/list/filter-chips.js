// The filters that no choice in the bar shows: each can be taken out.
import { atAnyTime, listAddress, toggled } from "../../routing/list-filters.js";
import { absolute, clockTime } from "../../text/times.js";
import { capital } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";

function spanOf({ created_after: after, created_before: before }, nowMs) {
  if (after && before) return `Submitted ${clockTime(after, nowMs)} – ${clockTime(before, nowMs)}`;
  return after ? `Submitted after ${clockTime(after, nowMs)}` : `Submitted before ${clockTime(before, nowMs)}`;
}

function Chip({ text, title, filters }) {
  return html`<li><a class="chip" href=${listAddress(filters)} title=${title}>
    <span class="visually-hidden">Remove the filter </span><bdi>${text}</bdi><${Icon} name="close" /></a></li>`;
}

export function FilterChips({ filters }) {
  const { clock } = useApp();
  const { category, site, created_after: after, created_before: before } = filters;
  if (!category.length && !site.length && !after && !before) return null;
  const title = [after, before].filter(Boolean).map(absolute).join(" – ");
  return html`<ul class="chips" aria-label="More filters">
    ${category.map((word) => html`<${Chip} key=${`category ${word}`} text=${capital(word)} filters=${toggled(filters, "category", word)} />`)}
    ${site.map((word) => html`<${Chip} key=${`site ${word}`} text=${word} filters=${toggled(filters, "site", word)} />`)}
    ${(after || before) && html`<${Chip} key="time" text=${spanOf(filters, clock.nowMs.peek())} title=${title} filters=${atAnyTime(filters)} />`}
  </ul>`;
}
