// Choosing a password, twice the same: where a link leads. `choose` takes it to the server.
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Mark } from "../shared/icons.js";

const SHORTEST_CHARACTERS = 10;

export function PasswordChoice({ heading, choose }) {
  const { router } = useApp();
  const work = useWork();
  const first = useRef(null);
  const again = useRef(null);
  useEffect(() => first.current.focus(), []);
  const compare = () => again.current.setCustomValidity(again.current.value === first.current.value ? "" : "Not the same");
  const submit = (event) => {
    event.preventDefault();
    const password = first.current.value;
    return work.run(async () => {
      await choose(password);
      router.go("/", { replace: true });
    });
  };
  return html`<main class="sign-in">
    <form class="card" method="post" onSubmit=${submit} onInput=${compare} aria-busy=${work.busy}>
      <${Mark} />
      <h1 tabindex="-1">${heading}</h1>
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
