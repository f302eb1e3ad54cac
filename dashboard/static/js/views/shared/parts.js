// Small pieces that several views share.
import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { absolute, age, ago } from "../../text/times.js";
import { capital, initials, statusLabel } from "../../text/words.js";
import { useApp } from "./app-context.js";
import { html } from "./html.js";
import { Icon, SeverityIcon, StatusIcon } from "./icons.js";

const COPIED_SHOWN_MS = 2000;

function Moment({ at, as }) {
  const { clock } = useApp();
  const text = useComputed(() => as(at, clock.nowMs.value));
  return html`<time datetime=${at} title=${absolute(at)}>${text}</time>`;
}

/** How long ago, kept true by the clock; the whole moment as title. */
export const Age = ({ at }) => html`<${Moment} at=${at} as=${age} />`;
export const Ago = ({ at }) => html`<${Moment} at=${at} as=${ago} />`;

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

/** Puts text on the clipboard and says so; where the browser keeps the clipboard, selecting by hand remains. */
export function Copy({ text, label }) {
  const [done, setDone] = useState(false);
  const { clock } = useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    clock.in(COPIED_SHOWN_MS, () => setDone(false));
  };
  if (!navigator.clipboard) return null;
  return html`<button type="button" class="quiet icon-only" onClick=${copy} aria-label=${done ? "Copied" : label} title=${label}>
    <${Icon} name=${done ? "check" : "copy"} />
  </button>`;
}

/** A failure in the server's words, announced, with a way on where there is one. */
export function Failure({ problem, retry }) {
  if (!problem) return null;
  return html`<div class="failure" role="alert">
    <${Icon} name="warn" /><p>${problem.text ?? problem.message}</p>
    ${retry && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

/** {busy, problem, run}: runs one piece of work at a time and keeps what went wrong with it. */
export function useWork() {
  const [at, setAt] = useState({ busy: false, problem: null });
  const run = async (work) => {
    setAt({ busy: true, problem: null });
    try {
      await work();
      setAt({ busy: false, problem: null });
      return true;
    } catch (problem) {
      setAt({ busy: false, problem });
      return false;
    }
  };
  return { ...at, run };
}
