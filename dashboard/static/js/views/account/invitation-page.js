// Choosing a password: where an invitation leads. The token stands behind the #, so that no server's log has it.
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Mark } from "../shared/icons.js";

const SHORTEST_CHARACTERS = 10;

export function InvitationPage({ token }) {
  const { actions, router } = useApp();
  const work = useWork();
  const first = useRef(null);
  const again = useRef(null);
  useEffect(() => first.current.focus(), []);
  const compare = () => again.current.setCustomValidity(again.current.value === first.current.value ? "" : "Not the same");
  const submit = (event) => {
    event.preventDefault();
    const password = first.current.value;
    return work.run(async () => {
      await actions.acceptInvitation(token, password);
      router.go("/", { replace: true });
    });
  };
  return html`<main class="sign-in">
    <form class="card" method="post" onSubmit=${submit} onInput=${compare} aria-busy=${work.busy}>
      <${Mark} />
      <h1 tabindex="-1">Welcome to Redress</h1>
      <label>Choose a password
        <input ref=${first} name="password" type="password" autocomplete="new-password" required minlength=${SHORTEST_CHARACTERS} aria-describedby="rule" />
      </label>
      <p id="rule" class="hint">At least ${SHORTEST_CHARACTERS} characters.</p>
      <label>The same again
        <input ref=${again} name="again" type="password" autocomplete="new-password" required />
      </label>
      <${Failure} problem=${work.problem} />
      <button class="primary" disabled=${work.busy}>${work.busy ? "Saving…" : "Save and sign in"}</button>
    </form>
  </main>`;
}
