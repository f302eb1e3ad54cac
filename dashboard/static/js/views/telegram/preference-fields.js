// The groups of the form of preferences. Each shows its part of the draft, and beside it what the server refused.
import { KINDS, MINIMUMS, timeZones, withQuietHours } from "../../text/preference-words.js";
import { capital } from "../../text/words.js";
import { html } from "../shared/html.js";
import { Refusal, refused } from "../shared/refusals.js";

function Check({ on, change, children, ...rest }) {
  return html`<label class="check"><input type="checkbox" checked=${on} onChange=${(event) => change(event.currentTarget.checked)} ...${rest} />
    <span>${children}</span></label>`;
}

function without(values, value) {
  return values.filter((other) => other !== value);
}

export function Kinds(fields) {
  const { draft, set } = fields;
  const choose = (kind) => (on) => set(({ kinds }) => ({ kinds: on ? [...kinds, kind] : without(kinds, kind) }));
  return html`<fieldset><legend>Tell this chat about</legend>
    ${Object.entries(KINDS).map(([kind, label]) => html`<${Check} key=${kind} on=${draft.kinds.includes(kind)} change=${choose(kind)}>${label}<//>`)}
    <${Refusal} name="kinds" ...${fields} />
  </fieldset>`;
}

export function Minimum(fields) {
  const { draft, set } = fields;
  return html`<div class="field"><label>Severity
      <select value=${draft.minimum_severity} onChange=${(event) => set({ minimum_severity: event.currentTarget.value })}
        ...${refused(fields, "minimum_severity")}>
        ${Object.entries(MINIMUMS).map(([severity, label]) => html`<option key=${severity} value=${severity}>${label}</option>`)}
      </select></label>
    <${Refusal} name="minimum_severity" ...${fields} />
  </div>`;
}

function Words({ name, one, words, draft, set }) {
  const chosen = draft[name];
  const all = [...new Set([...words, ...chosen])];
  const choose = (word) => (on) => set(({ [name]: known }) => ({ [name]: on ? [...known, word] : without(known, word) }));
  if (words.length) {
    return html`<div class="checks">${all.map((word) => html`<${Check} key=${word} on=${chosen.includes(word)} change=${choose(word)}>
      <bdi>${name === "categories" ? capital(word) : word}</bdi><//>`)}</div>`;
  }
  const read = (text) => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];
  return html`<textarea rows="3" aria-label=${`One ${one} a line`} placeholder=${`One ${one} a line`} defaultValue=${chosen.join("\n")}
    onInput=${(event) => set({ [name]: read(event.currentTarget.value) })}></textarea>`;
}

/** Null stands for all, those that are added later too. */
export function Sorting(fields) {
  const { name, words, draft, set, id } = fields;
  const radio = (isAll, label) => html`<label class="check"><input type="radio" name=${`${id}-${name}-some`} checked=${(draft[name] === null) === isAll}
    onChange=${() => set({ [name]: isAll ? null : words })} /><span>${label}</span></label>`;
  return html`<fieldset><legend>${capital(name)}</legend>
    ${radio(true, "All, new ones too")}
    ${radio(false, "Only these")}
    ${draft[name] !== null && html`<${Words} ...${fields} />`}
    <${Refusal} ...${fields} />
  </fieldset>`;
}

function Hours({ fields, quiet, set }) {
  const time = (end, label) => html`<label>${label}
    <input type="time" required value=${quiet[end]} onInput=${(event) => set({ [end]: event.currentTarget.value })} ...${refused(fields, "quiet_hours")} />
  </label>`;
  return html`<div class="hours">${time("start", "From")}${time("end", "To")}</div>
    <${Check} on=${quiet.critical_passes} change=${(on) => set({ critical_passes: on })}>Critical alerts pass<//>`;
}

export function Quiet(fields) {
  const { draft, set, before } = fields;
  const quiet = draft.quiet_hours;
  return html`<fieldset><legend>Quiet hours</legend>
    <${Check} on=${quiet !== null} change=${(on) => set((known) => withQuietHours(known, on, before))}>No alerts at night; a digest afterwards<//>
    ${quiet && html`<${Hours} fields=${fields} quiet=${quiet} set=${(part) => set((known) => ({ quiet_hours: { ...known.quiet_hours, ...part } }))} />`}
    <${Refusal} name="quiet_hours" ...${fields} />
    <label>Time zone
      <select value=${draft.time_zone} onChange=${(event) => set({ time_zone: event.currentTarget.value })} ...${refused(fields, "time_zone")}>
        ${timeZones(draft.time_zone).map((zone) => html`<option key=${zone} value=${zone}>${zone.replaceAll("_", " ")}</option>`)}
      </select></label>
    <${Refusal} name="time_zone" ...${fields} />
  </fieldset>`;
}

export function Delivery(fields) {
  const { draft, set } = fields;
  const name = "digest_patience_seconds";
  return html`<fieldset><legend>How alerts arrive</legend>
    <label>One digest of what would wait longer than
      <span class="unit"><input type="number" min="1" max="3600" step="1" required inputmode="numeric" value=${draft[name]}
        onInput=${(event) => set({ [name]: event.currentTarget.valueAsNumber })} ...${refused(fields, name)} /> seconds</span></label>
    <${Refusal} ...${fields} name=${name} />
    <${Check} on=${draft.silent_low} change=${(on) => set({ silent_low: on })}>Low severity without a sound<//>
    <${Refusal} ...${fields} name="silent_low" />
  </fieldset>`;
}
