// Filters with more choices than fit in a line: a list that opens, of links like the others.
import { listAddress, toggled } from "../../routing/list-filters.js";
import { capital } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";

/** Closes when it is left, by the pointer, the keyboard or Escape, which brings back to where it was opened. */
const leave = ({ currentTarget, relatedTarget }) => {
  if (!currentTarget.contains(relatedTarget)) currentTarget.open = false;
};
const escape = (event) => {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary").focus();
};

function Picker({ name, label, words, filters, as }) {
  if (!words.length) return null;
  return html`<details class="picker" onFocusOut=${leave} onKeyDown=${escape}>
    <summary class="choice">${label}<${Icon} name="down" /></summary>
    <ul class="card" tabindex="-1" aria-label=${`Filter by ${label.toLowerCase()}`}>
      ${words.map((word) => html`<li key=${word}>
        <a href=${listAddress(toggled(filters, name, word))} aria-current=${filters[name].includes(word) ? "true" : undefined}>
          <bdi>${as(word)}</bdi>${filters[name].includes(word) && html`<${Icon} name="check" />`}
        </a></li>`)}
    </ul>
  </details>`;
}

/** Sites are free text until some are defined: then those on screen are offered. */
function sitesOf({ sites, operator, byId, list }) {
  const found = sites.length ? sites : list.ids.map((id) => byId[id]?.site).filter(Boolean);
  const seen = operator.sites ? found.filter((site) => operator.sites.includes(site)) : found;
  return [...new Set(seen)].sort((a, b) => a.localeCompare(b));
}

export function FilterPickers({ filters }) {
  const { state } = useApp();
  const sites = [...new Set([...filters.site, ...sitesOf(state.value)])];
  return html`<div class="pickers">
    <${Picker} name="category" label="Category" words=${state.value.categories} filters=${filters} as=${capital} />
    <${Picker} name="site" label="Site" words=${sites} filters=${filters} as=${String} />
  </div>`;
}
