// A status, a severity and a person at a glance.
import { capital, initials, statusLabel } from "../../text/words.js";
import { html } from "./html.js";
import { SeverityIcon, StatusIcon } from "./icons.js";

export const Status = ({ status }) => html`<span class="status">
  <${StatusIcon} status=${status} /><span>${statusLabel(status)}</span>
</span>`;

export const Severity = ({ severity, quiet }) => html`<span class="severity" title=${`${capital(severity)} severity`}>
  <${SeverityIcon} severity=${severity} /><span class=${quiet ? "visually-hidden" : ""}>${capital(severity)}</span>
</span>`;

function tint(name) {
  return [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
}

export function Avatar({ name }) {
  if (!name) return html`<span class="avatar nobody" aria-hidden="true" title="Nobody"></span>`;
  return html`<span class="avatar tint-${tint(name)}" aria-hidden="true" title=${name}>${initials(name)}</span>`;
}
