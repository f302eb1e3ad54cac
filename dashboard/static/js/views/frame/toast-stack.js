// Notices of what just happened: a stack that goes by itself, waits under the pointer, and is read out once.
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { Icon, SeverityIcon, StatusIcon } from "../shared/icons.js";

const SHOWN = 4;

function Sign({ toast }) {
  if (toast.kind === "new_complaint") return html`<${SeverityIcon} severity=${toast.severity} />`;
  if (toast.status) return html`<${StatusIcon} status=${toast.status} />`;
  return html`<${Icon} name="check" />`;
}

function Toast({ toast, dismiss }) {
  const body = html`<strong>${toast.title}</strong>
    <span class="text">${toast.reference && html`<span class="reference">${toast.reference}</span>`} <bdi>${toast.text}</bdi></span>`;
  return html`<li class="toast card ${toast.kind} ${toast.severity ?? ""}">
    <${Sign} toast=${toast} />
    ${toast.href ? html`<a class="body" href=${toast.href} onClick=${dismiss}>${body}</a>` : html`<div class="body">${body}</div>`}
    <button type="button" class="quiet icon-only" onClick=${dismiss} aria-label="Dismiss"><${Icon} name="close" /></button>
  </li>`;
}

export function ToastStack() {
  const { state, dispatch } = useApp();
  const { toasts } = state.value;
  const hold = (held) => () => dispatch({ type: "toasts_held", held });
  const [newest] = toasts;
  const more = toasts.length - SHOWN;
  return html`
    <div class="visually-hidden" role="status">${newest && `${newest.title}: ${newest.text}`}</div>
    <section class="toasts" aria-label="Notices" hidden=${!toasts.length}
      onPointerEnter=${hold(true)} onPointerLeave=${hold(false)} onFocusIn=${hold(true)} onFocusOut=${hold(false)}>
      <ul>
        ${toasts.slice(0, SHOWN).map((toast) => html`<${Toast} key=${toast.id} toast=${toast}
          dismiss=${() => dispatch({ type: "toast_dismissed", id: toast.id })} />`)}
      </ul>
      ${more > 0 && html`<p class="card faint">and ${more} more</p>`}
    </section>
  `;
}
