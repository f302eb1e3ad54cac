// What is known about a complaint besides its words: the fields that the server named with the page, in its order.
import { useComputed } from "@preact/signals";
import { COMPLAINT_FACTS } from "../../text/served-words.js";
import { absolute, due } from "../../text/times.js";
import { capital, isOpen } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";

function Due({ at, done, open }) {
  const { clock } = useApp();
  const text = useComputed(() => due(at, clock.nowMs.value).text);
  const late = useComputed(() => due(at, clock.nowMs.value).late);
  if (done || !open) return html`<span title=${absolute(at)}>${done ? `done ${absolute(done)}` : absolute(at)}</span>`;
  return html`<span class=${late.value ? "late" : ""} title=${absolute(at)}>${text}</span>`;
}

const Fact = ({ name, children }) => (children ? html`<div><dt>${name}</dt><dd>${children}</dd></div>` : null);

/** An address that no mail could be sent to is shown as it was written. */
function Email({ address, usable }) {
  return usable ? html`<a href=${`mailto:${address}`}><bdi>${address}</bdi></a>` : html`<bdi>${address}</bdi> <span class="faint">(not usable for mail)</span>`;
}

function Reporter({ name, email, phone, email_usable: usable = true }) {
  return html`<${Fact} name="Reporter">${name && html`<bdi>${name}</bdi>`}<//>
    <${Fact} name="E-mail">${email && html`<${Email} address=${email} usable=${usable} />`}<//>
    <${Fact} name="Phone">${phone && html`<a href=${`tel:${phone}`}><bdi>${phone}</bdi></a>`}<//>`;
}

const FORMS = {
  text: (value) => value && html`<bdi>${value}</bdi>`,
  word: capital,
  position: (at) => at && html`<a href=${`geo:${at.lat},${at.lon}`}>${at.lat.toFixed(5)}, ${at.lon.toFixed(5)}</a>`,
  instant: (at) => at && absolute(at),
  due: (at, complaint, done) => at && html`<${Due} at=${at} done=${complaint[done]} open=${isOpen(complaint.status)} />`,
};

export function Facts({ complaint }) {
  return html`<section class="card" aria-labelledby="facts">
    <h2 id="facts">Details</h2>
    <dl class="facts">
      ${COMPLAINT_FACTS.map(({ field, label, form, done }) =>
        form === "reporter"
          ? html`<${Reporter} key=${field} ...${complaint.reporter} />`
          : html`<${Fact} key=${field} name=${label}>${FORMS[form](complaint[field], complaint, done)}<//>`,
      )}
    </dl>
  </section>`;
}
