// All complaints, newest first, as they change.
import { useEffect, useRef } from "preact/hooks";
import { isFiltered, listAddress, matches, NO_FILTERS } from "../../routing/list-filters.js";
import { plural } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Failure } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";
import { ComplaintRow } from "./complaint-row.js";
import { FilterBar } from "./filter-bar.js";
import { FilterChips } from "./filter-chips.js";
import { FilterPickers } from "./filter-pickers.js";

/** Tells the store whether the top of the list is on screen. */
function Top() {
  const { dispatch } = useApp();
  const edge = useRef(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => dispatch({ type: "scrolled", atTop: entry.isIntersecting }));
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, []);
  return html`<div class="edge" ref=${edge} aria-hidden="true"></div>`;
}

function News({ list }) {
  const { dispatch } = useApp();
  const show = () => {
    dispatch({ type: "pending_shown" });
    scrollTo({ top: 0 });
  };
  const waiting = list.pending.length;
  return html`<div class="news" role="status">
    ${waiting > 0 && html`<button type="button" class="primary" onClick=${show}><${Icon} name="up" />${waiting} new</button>`}
  </div>`;
}

function Outside({ count }) {
  if (!count) return null;
  return html`<p class="outside faint" role="status">
    ${plural(count, "new complaint")} outside these filters. <a href=${listAddress(NO_FILTERS)}>Show all</a>
  </p>`;
}

function Skeleton() {
  return html`<ol class="rows skeleton" aria-hidden="true">${Array.from({ length: 8 }, (_, index) => html`<li class="row" key=${index}></li>`)}</ol>`;
}

function Nothing({ filters }) {
  if (isFiltered(filters)) {
    return html`<div class="nothing"><p>No complaint matches these filters.</p><a href=${listAddress(NO_FILTERS)}>Show all complaints</a></div>`;
  }
  return html`<div class="nothing"><p>No complaints yet.</p><p class="faint">The first one will appear here by itself.</p></div>`;
}

function Rows({ list, byId }) {
  if (list.state === "loading" && !list.ids.length) return html`<${Skeleton} />`;
  if (!list.ids.length) return list.state === "ready" && html`<${Nothing} filters=${list.filters} />`;
  return html`<ol class="rows" aria-busy=${list.state === "loading"}>
    ${list.ids.map((id) => html`<${ComplaintRow} key=${id} complaint=${byId[id]} fresh=${list.fresh[id]}
      leaves=${!matches(list.filters, byId[id])} />`)}
  </ol>`;
}

function More({ list }) {
  const { loaders } = useApp();
  if (!list.nextCursor || !list.ids.length) return null;
  const busy = list.state === "loading_more";
  return html`<button type="button" class="more" disabled=${busy} onClick=${() => loaders.list.loadMore()}>
    ${busy ? "Loading…" : "Show more"}
  </button>`;
}

export function ComplaintsPage() {
  const { state, loaders, router } = useApp();
  const { list, byId } = state.value;
  const { filters } = router.route.value;
  return html`
    <${Top} />
    <div class="list-head">
      <h1 tabindex="-1">Complaints</h1>
      ${isFiltered(filters) && html`<a href=${listAddress(NO_FILTERS)}>Clear<span class="word"> filters</span></a>`}
      <${FilterPickers} filters=${filters} />
    </div>
    <${FilterBar} />
    <${FilterChips} filters=${filters} />
    <${News} list=${list} />
    <${Outside} count=${list.outside} />
    <${Failure} problem=${list.state === "failed" ? list.problem : null} retry=${() => loaders.list.load()} />
    <${Rows} list=${list} byId=${byId} />
    <${More} list=${list} />
  `;
}
