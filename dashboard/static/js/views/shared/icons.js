// Signs drawn inline, in the colour of the text around them. They always stand beside a word, or carry one as label.
import { html } from "./html.js";

const STATUS_SHAPES = {
  reported: html`<circle cx="8" cy="8" r="5.75" stroke-dasharray="2.6 2" />`,
  acknowledged: html`<circle cx="8" cy="8" r="5.75" /><circle cx="8" cy="8" r="1.75" class="solid" />`,
  in_progress: html`<circle cx="8" cy="8" r="5.75" /><path d="M8 4.500a3.500 3.500 0 0 1 0 7z" class="solid" />`,
  on_hold: html`<circle cx="8" cy="8" r="5.75" /><path d="M6.500 6v4M9.500 6v4" />`,
  resolved: html`<circle cx="8" cy="8" r="6.500" class="solid" /><path d="m5.250 8.250 2 2 3.500-4" class="cut" />`,
  rejected: html`<circle cx="8" cy="8" r="6.500" class="solid" /><path d="m6 6 4 4m0-4-4 4" class="cut" />`,
  duplicate: html`<rect x="2.250" y="2.250" width="8" height="8" rx="2" /><path d="M13 6.250a2 2 0 0 1 .75 1.500v4a2 2 0 0 1-2 2h-4a2 2 0 0 1-1.500-.75" />`,
};

const SEVERITY_SHAPES = {
  critical: html`<path d="M5.300 1.500h5.400l3.800 3.800v5.400l-3.800 3.800H5.300l-3.800-3.800V5.300z" class="solid" /><path d="M8 4.500V8.500M8 11.250v.1" class="cut" />`,
  high: html`<path d="M3 13v-3M8 13V7M13 13V3" class="bar" />`,
  medium: html`<path d="M3 13v-3M8 13V7" class="bar" /><path d="M13 13V3" class="bar faint" />`,
  low: html`<path d="M3 13v-3" class="bar" /><path d="M8 13V7M13 13V3" class="bar faint" />`,
};

const SHAPES = {
  back: html`<path d="M10 3.500 5.500 8l4.500 4.500" />`,
  check: html`<path d="m3.500 8.500 3 3 6-7" />`,
  close: html`<path d="m4 4 8 8m0-8-8 8" />`,
  copy: html`<rect x="5.500" y="5.500" width="8" height="8" rx="2" /><path d="M3.500 10.500a1 1 0 0 1-1-1v-5a2 2 0 0 1 2-2h5a1 1 0 0 1 1 1" />`,
  down: html`<path d="m4 6.250 4 4 4-4" />`,
  late: html`<circle cx="8" cy="8.500" r="5.250" /><path d="M8 5.750V8.500l2 1.250M6.500 1.500h3" />`,
  lock: html`<rect x="3" y="7" width="10" height="6.500" rx="1.500" /><path d="M5.250 7V5a2.750 2.750 0 0 1 5.500 0v2" />`,
  send: html`<path d="m13.500 2.500-11 4.250 4.500 2.250 2.250 4.500zM7 9l3-3" />`,
  skip: html`<circle cx="8" cy="8" r="5.750" /><path d="m4 12 8-8" />`,
  up: html`<path d="M8 13V3.500M3.750 7.500 8 3.250l4.250 4.250" />`,
  warn: html`<path d="M8 2.250 14.250 13.250H1.750zM8 6.500v3M8 11.500v.1" />`,
};

function svg(shape, kind) {
  return html`<svg class="icon ${kind}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${shape}</svg>`;
}

export const Icon = ({ name }) => svg(SHAPES[name], "");
export const StatusIcon = ({ status }) => svg(STATUS_SHAPES[status] ?? STATUS_SHAPES.reported, `status-${status}`);
export const SeverityIcon = ({ severity }) => svg(SEVERITY_SHAPES[severity] ?? SEVERITY_SHAPES.medium, `severity-${severity}`);

/** The mark: something said, answered, and settled. */
export const Mark = () => html`<svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
  <rect width="32" height="32" rx="8" class="ground" />
  <path d="M9 12.500a5 5 0 0 1 5-5h4a5.750 5.750 0 0 1 0 11.500h-5.500L8.500 23.500v-7" class="line" />
  <circle cx="22.500" cy="23.500" r="2" class="point" />
</svg>`;
