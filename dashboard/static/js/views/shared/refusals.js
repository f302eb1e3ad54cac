// What the server refused, beside the field that it speaks of.
import { html } from "./html.js";

export function Refusal({ id, name, problems }) {
  return problems[name] ? html`<p class="refusal" role="alert" id=${`${id}-${name}`}>${problems[name]}</p>` : null;
}

/** What a field with a refusal says of itself to who can't see the text beside it. */
export function refused({ id, problems }, name) {
  return problems[name] ? { "aria-invalid": "true", "aria-describedby": `${id}-${name}` } : {};
}
