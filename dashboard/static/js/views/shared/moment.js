// A moment as it is read, kept true by the clock.
import { useComputed } from "@preact/signals";
import { absolute, age, ago } from "../../text/times.js";
import { useApp } from "./app-context.js";
import { html } from "./html.js";

function Moment({ at, as }) {
  const { clock } = useApp();
  const text = useComputed(() => as(at, clock.nowMs.value));
  return html`<time datetime=${at} title=${absolute(at)}>${text}</time>`;
}

/** How long ago, kept true by the clock; the whole moment as title. */
export const Age = ({ at }) => html`<${Moment} at=${at} as=${age} />`;
export const Ago = ({ at }) => html`<${Moment} at=${at} as=${ago} />`;
