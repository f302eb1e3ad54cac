// Asking for a link by mail. Nobody is told whether there is such an account.
import { useEffect, useRef, useState } from "preact/hooks";
import { MAILS } from "../../text/served-words.js";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Mark } from "../shared/icons.js";

export const ASK_AN_ADMIN = "Ask an admin for a link to choose another one.";
const ON_ITS_WAY = "If there is an account with this e-mail, a link is on its way. It works once, within an hour.";

function AskForm({ asked }) {
  const { actions } = useApp();
  const work = useWork();
  const email = useRef(null);
  useEffect(() => email.current.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    return work.run(async () => {
      await actions.forgetPassword(email.current.value.trim());
      asked();
    });
  };
  return html`<form method="post" onSubmit=${submit} aria-busy=${work.busy}>
    <label>E-mail
      <input ref=${email} name="email" type="email" autocomplete="username" required autocapitalize="none" spellcheck=${false} />
    </label>
    <${Failure} problem=${work.problem} />
    <button class="primary" disabled=${work.busy}>${work.busy ? "Sending…" : "Send me a link"}</button>
  </form>`;
}

export function ForgottenPage() {
  const [isAsked, setAsked] = useState(false);
  return html`<main class="sign-in">
    <div class="card">
      <${Mark} />
      <h1 tabindex="-1">Forgot your password?</h1>
      <p role="status">${isAsked ? ON_ITS_WAY : MAILS ? "A link by mail lets you choose another one." : ASK_AN_ADMIN}</p>
      ${MAILS && !isAsked && html`<${AskForm} asked=${() => setAsked(true)} />`}
      <p class="aside"><a href="/sign-in">Back to the sign-in</a></p>
    </div>
  </main>`;
}
