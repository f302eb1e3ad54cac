// Who has the same complaint open.
import { othersViewing } from "../../store/presence.js";
import { isolated } from "../../text/isolated.js";
import { inWords } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Avatar } from "../shared/badges.js";
import { html } from "../shared/html.js";

const MOST_NAMED = 3;

/** Who else is at it, so that two don't do the same. */
export function Viewers() {
  const { state } = useApp();
  const names = othersViewing(state.value).map(({ name }) => isolated(name));
  const said = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), `${names.length - MOST_NAMED + 1} others`] : names;
  return html`<div role="status">
    ${names.length > 0 && html`<p class="viewers">${names.slice(0, MOST_NAMED).map((name) => html`<${Avatar} key=${name} name=${name} />`)}
      <span>${inWords(said)} ${names.length === 1 ? "is" : "are"} looking at this too</span></p>`}
  </div>`;
}
