// The others: who is online, and who has the same complaint open.
import { useRef } from "preact/hooks";
import { othersViewing } from "../../store/presence.js";
import { inWords } from "../../text/words.js";
import { useApp } from "./app-context.js";
import { html } from "./html.js";
import { Avatar } from "./parts.js";

const MOST_NAMED = 3;

function Names({ online, operator }) {
  const unnamed = online.count - online.operators.length;
  return html`<ul>
    ${online.operators.map((one) => html`<li key=${one.id}><${Avatar} name=${one.name} />${one.name}${one.id === operator.id && " (you)"}</li>`)}
    ${unnamed > 0 && html`<li class="faint">and ${unnamed} more</li>`}
  </ul>`;
}

/** How many are online; their names under the pointer, the focus or a finger. Alone, there is nothing to say. */
export function Online() {
  const { state } = useApp();
  const { presence, operator } = state.value;
  const names = useRef(null);
  const show = () => names.current.togglePopover(true);
  const hide = () => names.current?.togglePopover(false); // where it goes away, it loses pointer and focus, too
  if (presence.online.count < 2) return null;
  return html`<span class="online" onPointerEnter=${show} onPointerLeave=${hide}>
    <button type="button" class="quiet" aria-describedby="online" onFocus=${show} onBlur=${hide}>
      ${presence.online.count} online
    </button>
    <div id="online" popover role="tooltip" class="card menu" ref=${names}><${Names} online=${presence.online} operator=${operator} /></div>
  </span>`;
}

/** Who else is at it, so that two don't do the same. */
export function Viewers() {
  const { state } = useApp();
  const names = othersViewing(state.value).map(({ name }) => name);
  const said = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), `${names.length - MOST_NAMED + 1} others`] : names;
  return html`<div role="status">
    ${names.length > 0 && html`<p class="viewers">${names.slice(0, MOST_NAMED).map((name) => html`<${Avatar} key=${name} name=${name} />`)}
      <span>${inWords(said)} ${names.length === 1 ? "is" : "are"} looking at this too</span></p>`}
  </div>`;
}
