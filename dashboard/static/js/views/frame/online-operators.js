// Who is online.
import { useRef } from "preact/hooks";
import { useApp } from "../shared/app-context.js";
import { Avatar } from "../shared/badges.js";
import { html } from "../shared/html.js";

function Names({ online, operator }) {
  const unnamed = online.count - online.operators.length;
  return html`<ul>
    ${online.operators.map((one) => html`<li key=${one.id}><${Avatar} name=${one.name} /><bdi>${one.name}</bdi>${one.id === operator.id && " (you)"}</li>`)}
    ${unnamed > 0 && html`<li class="faint">and ${unnamed} more</li>`}
  </ul>`;
}

/** How many are online; their names under the pointer, the focus or a finger. Alone, there is nothing to say. */
export function OnlineOperators() {
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
