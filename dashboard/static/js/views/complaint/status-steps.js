// The steps that may follow, and only those. A step that wants words opens a line for them.
import { useEffect, useRef, useState } from "preact/hooks";
import { stepsFrom } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";

function Reason({ step, busy, take, cancel }) {
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const required = step.reason === "required";
  const submit = (event) => {
    event.preventDefault();
    take(field.current.value.trim());
  };
  return html`<form class="reason card" onSubmit=${submit} onKeyDown=${(event) => event.key === "Escape" && cancel()}>
    <label>${required ? "Why is it reopened?" : "Reason (optional)"}
      <textarea ref=${field} rows="2" maxlength="1000" required=${required}></textarea>
    </label>
    <div class="buttons">
      <button class="primary" disabled=${busy}>${step.label}</button>
      <button type="button" class="quiet" onClick=${cancel}>Cancel</button>
    </div>
  </form>`;
}

export function StatusSteps({ complaint }) {
  const { actions } = useApp();
  const work = useWork();
  const [open, setOpen] = useState(null);
  const bar = useRef(null);
  const steps = stepsFrom(complaint.status);
  const current = steps.find(({ to }) => to === open);
  const close = () => {
    setOpen(null);
    bar.current?.querySelector("button")?.focus();
  };
  const take = async (step, reason) => {
    if (await work.run(() => actions.changeStatus(complaint, step.to, reason))) close();
  };
  const press = (step) => (step.reason === "none" ? take(step) : setOpen(step.to));
  return html`<section class="steps" aria-label="Status">
    <div class="buttons" ref=${bar}>
      ${steps.map((step, index) => html`<button type="button" key=${step.label} class=${index === 0 ? "primary" : ""}
        disabled=${work.busy} aria-expanded=${step.reason === "none" ? undefined : open === step.to}
        onClick=${() => press(step)}>${step.label}</button>`)}
    </div>
    ${current && html`<${Reason} key=${current.to} step=${current} busy=${work.busy} take=${(reason) => take(current, reason)} cancel=${close} />`}
    <${Failure} problem=${work.problem} />
  </section>`;
}
