// The times of one category, as a form that sends only what was changed.
import { useEffect, useRef, useState } from "preact/hooks";
import { MOST_MINUTES, MOST_TIMES, USUAL_MINUTES, settingsOf, withMinutes } from "../../text/category-words.js";
import { changesBetween } from "../../text/preference-words.js";
import { problemsUnder } from "../../text/problem.js";
import { SEVERITIES, capital } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { useDraft } from "../shared/draft.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Refusal, refused } from "../shared/refusals.js";

/** A whole number, or null where the field is empty. */
function Whole({ fields, name, label, unit, least, most, value, change, ...rest }) {
  const read = ({ currentTarget }) => change(Number.isNaN(currentTarget.valueAsNumber) ? null : currentTarget.valueAsNumber);
  return html`<div class="field"><label>${label}
      <span class="unit"><input type="number" inputmode="numeric" step="1" min=${least} max=${most} value=${value ?? ""} onInput=${read}
        ...${rest} ...${refused(fields, name)} /> ${unit}</span></label>
    <${Refusal} ...${fields} name=${name} /></div>`;
}

function Acknowledge({ fields, draft, set }) {
  return html`<fieldset class="numbers"><legend>Time to acknowledge</legend>
    ${SEVERITIES.map((severity) => html`<${Whole} key=${severity} fields=${fields} name=${`ack_minutes/${severity}`} label=${capital(severity)}
      unit="minutes" least="1" most=${MOST_MINUTES} value=${draft.ack_minutes[severity]} placeholder=${USUAL_MINUTES[severity]}
      change=${(minutes) => set((known) => withMinutes(known, severity, minutes))} />`)}
    <p class="faint">Empty: the usual time.</p>
  </fieldset>`;
}

function Afterwards({ fields, draft, set }) {
  const times = (name, label) => html`<${Whole} fields=${fields} name=${name} label=${label} unit="times" least="0" most=${MOST_TIMES} required
    value=${draft[name]} change=${(count) => set({ [name]: count })} />`;
  return html`<fieldset class="numbers"><legend>If nobody does</legend>
    ${times("reminders", "Remind who was told")}
    ${times("escalations", "Then tell the admins")}
    <${Whole} fields=${fields} name="repeat_minutes" label="Pause between" unit="minutes" least="1" most=${MOST_MINUTES}
      value=${draft.repeat_minutes} placeholder="–" change=${(minutes) => set({ repeat_minutes: minutes })} />
    <p class="faint">Empty: as long as the time to acknowledge.</p>
  </fieldset>`;
}

export function CategoryForm({ category, changed, close }) {
  const { api } = useApp();
  const work = useWork();
  const [before] = useState(settingsOf(category));
  const { draft, set, latest } = useDraft(before);
  const form = useRef(null);
  useEffect(() => {
    if (work.problem) (form.current.querySelector("[aria-invalid]") ?? form.current.querySelector(".primary")).focus();
  }, [work.problem]);
  const changes = () => changesBetween(before, latest());
  const isChanged = () => Object.keys(changes()).length > 0;
  const save = async (event) => {
    event.preventDefault();
    const send = async () => changed(await api.patch(`/categories/${encodeURIComponent(category.name)}`, changes()));
    if (!isChanged() || (await work.run(send))) close();
  };
  const fields = { id: `category-${category.name}`, problems: problemsUnder(work.problem, "/") };
  return html`<form class="preferences" ref=${form} aria-label=${`Times of ${capital(category.name)}`} onSubmit=${save}
    onKeyDown=${(event) => event.key === "Escape" && !isChanged() && close()}>
    <${Acknowledge} fields=${fields} draft=${draft} set=${set} />
    <${Afterwards} fields=${fields} draft=${draft} set=${set} />
    ${!Object.keys(fields.problems).length && html`<${Failure} problem=${work.problem} />`}
    <div class="buttons">
      <button class="primary" disabled=${work.busy}>${work.busy ? "Saving…" : "Save"}</button>
      <button type="button" class="quiet" onClick=${close}>Cancel</button>
    </div>
  </form>`;
}
