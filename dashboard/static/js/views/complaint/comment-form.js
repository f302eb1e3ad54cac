// Say something about a complaint: to colleagues unless it is chosen otherwise.
import { useRef, useState } from "preact/hooks";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";

const HINTS = { internal: "Only people who sign in here see it.", public: "The reporter’s side may read it too." };

function Visibility({ chosen, choose }) {
  return html`<fieldset class="segments"><legend class="visually-hidden">Who may read it</legend>
    ${["internal", "public"].map((value) => html`<label key=${value}>
      <input type="radio" name="visibility" value=${value} checked=${chosen === value} onChange=${() => choose(value)} />
      <span>${value === "internal" ? "Internal" : "Public"}</span></label>`)}
  </fieldset>`;
}

export function CommentForm({ complaint }) {
  const { actions } = useApp();
  const work = useWork();
  const [visibility, setVisibility] = useState("internal");
  const field = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    const text = field.current.value.trim();
    if (!text || work.busy) return;
    if (await work.run(() => actions.comment(complaint, text, visibility))) field.current.value = "";
    field.current.focus();
  };
  const shortcut = (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.currentTarget.form.requestSubmit();
  };
  return html`<form class="comment-form card" onSubmit=${submit}>
    <label><span class="visually-hidden">Comment</span>
      <textarea ref=${field} rows="3" maxlength="4000" placeholder="Add a comment" onKeyDown=${shortcut}></textarea>
    </label>
    <${Failure} problem=${work.problem} />
    <div class="buttons">
      <${Visibility} chosen=${visibility} choose=${setVisibility} />
      <span class="faint hint">${HINTS[visibility]}</span>
      <button class="primary" disabled=${work.busy}>Comment</button>
    </div>
  </form>`;
}
