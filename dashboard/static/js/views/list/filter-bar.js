// Filters are addresses: every choice is a link that can be kept or opened beside.
import { isOpenOnly, listAddress, toggled } from "../../routing/list-filters.js";
import { OPEN_STATUSES, SEVERITIES, STATUSES, capital, statusLabel } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { SeverityIcon, StatusIcon } from "../shared/icons.js";

function Choice({ filters, on, children }) {
  return html`<a class="choice" href=${listAddress(filters)} aria-current=${on ? "true" : undefined}>${children}</a>`;
}

function StatusChoices({ filters }) {
  return STATUSES.map((status) => html`
    <${Choice} key=${status} filters=${toggled(filters, "status", status)} on=${filters.status.includes(status) && !isOpenOnly(filters)}>
      <${StatusIcon} status=${status} />${statusLabel(status)}
    <//>`);
}

function SeverityChoices({ filters }) {
  return SEVERITIES.map((severity) => html`
    <${Choice} key=${severity} filters=${toggled(filters, "severity", severity)} on=${filters.severity.includes(severity)}>
      <${SeverityIcon} severity=${severity} />${capital(severity)}
    <//>`);
}

export function FilterBar() {
  const { router } = useApp();
  const { filters } = router.route.value;
  const anyStatus = { ...filters, status: [] };
  return html`<div class="filters">
    <div class="choices" role="group" aria-label="Filter by status">
      <${Choice} filters=${anyStatus} on=${!filters.status.length}>All<//>
      <${Choice} filters=${{ ...filters, status: OPEN_STATUSES }} on=${isOpenOnly(filters)}>Open<//>
      <span class="divider" aria-hidden="true"></span>
      <${StatusChoices} filters=${isOpenOnly(filters) ? anyStatus : filters} />
    </div>
    <div class="choices" role="group" aria-label="Filter by severity">
      <${SeverityChoices} filters=${filters} />
    </div>
  </div>`;
}
