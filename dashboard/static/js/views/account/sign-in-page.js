// The way in.
import { useEffect, useRef } from "preact/hooks";
import { MAILS } from "../../text/served-words.js";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Mark } from "../shared/icons.js";
import { ASK_AN_ADMIN } from "./forgotten-page.js";

export function SignInPage() {
  const { actions } = useApp();
  const work = useWork();
  const email = useRef(null);
  useEffect(() => email.current.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    return work.run(() => actions.signIn(form.get("email").trim(), form.get("password")));
  };
  return html`<main class="sign-in">
    <form class="card" method="post" onSubmit=${submit} aria-busy=${work.busy}>
      <${Mark} />
      <h1 tabindex="-1">Sign in to Redress</h1>
      <label>E-mail
        <input ref=${email} name="email" type="email" autocomplete="username" required autocapitalize="none" spellcheck=${false} />
      </label>
      <label>Password
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      <${Failure} problem=${work.problem} />
      <button class="primary" disabled=${work.busy}>${work.busy ? "Signing in…" : "Sign in"}</button>
      <p class="aside">${MAILS ? html`<a href="/forgot">Forgot your password?</a>` : `Forgot your password? ${ASK_AN_ADMIN}`}</p>
    </form>
  </main>`;
}
