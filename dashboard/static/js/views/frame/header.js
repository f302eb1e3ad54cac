// Who is here, where to go, and whether what is on screen is live.
import { useRef } from "preact/hooks";
import { isolated } from "../../text/isolated.js";
import { capital, mayAct } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Avatar } from "../shared/badges.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Mark } from "../shared/icons.js";
import { ConnectionSign } from "./connection-sign.js";
import { OnlineOperators } from "./online-operators.js";

function Place({ href, current, children }) {
  return html`<a href=${href} aria-current=${current ? "page" : undefined}>${children}</a>`;
}

function Account({ operator }) {
  const { actions } = useApp();
  const work = useWork();
  const menu = useRef(null);
  const close = () => menu.current.hidePopover();
  return html`
    <button type="button" class="quiet account" popovertarget="account" aria-label=${`Account of ${isolated(operator.name)}`}>
      <${Avatar} name=${operator.name} />
    </button>
    <div id="account" popover class="card menu" ref=${menu}>
      <p><strong><bdi>${operator.name}</bdi></strong><br /><span class="faint"><bdi>${operator.email}</bdi> · ${capital(operator.role)}</span></p>
      ${operator.role === "admin" && html`<a class="button" href="/categories" onClick=${close}>Categories and times</a>`}
      <${Failure} problem=${work.problem} />
      <button type="button" disabled=${work.busy} onClick=${() => work.run(() => actions.signOut())}>Sign out</button>
    </div>
  `;
}

export function Header() {
  const { state, router } = useApp();
  const { name } = router.route.value;
  const { operator } = state.value;
  return html`<header class="top">
    <a class="home" href="/" aria-label="Redress, all complaints"><${Mark} /><span class="word">Redress</span></a>
    <nav aria-label="Main">
      <${Place} href="/" current=${name === "list"}>Complaints<//>
      ${mayAct(operator) && html`<${Place} href="/alerts" current=${name === "alerts"}>Alerts<//>`}
      <${Place} href="/telegram" current=${name === "telegram"}>Telegram<//>
    </nav>
    <${OnlineOperators} />
    <${ConnectionSign} />
    <${Account} operator=${operator} />
  </header>`;
}
