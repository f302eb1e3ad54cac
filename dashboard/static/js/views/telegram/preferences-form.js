// The preferences of one chat, as a form that sends only what was changed.
import { useEffect, useRef, useState } from "preact/hooks";
import { isolated } from "../../text/isolated.js";
import { changesBetween, problemsByField } from "../../text/preference-words.js";
import { useApp } from "../shared/app-context.js";
import { useDraft } from "../shared/draft.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Delivery, Kinds, Minimum, Quiet, Sorting } from "./preference-fields.js";

/** A refusal is told beside its field; only what no field shows is told below. */
function Rest({ problem }) {
  return Object.keys(problemsByField(problem)).length ? null : html`<${Failure} problem=${problem} />`;
}

export function PreferencesForm({ chat, close }) {
  const { api, state, dispatch } = useApp();
  const { categories, sites } = state.value;
  const work = useWork();
  const [before] = useState(chat.preferences); // what somebody else changes meanwhile is not changed back
  const { draft, set, latest } = useDraft(before);
  const form = useRef(null);
  useEffect(() => {
    if (work.problem) (form.current.querySelector("[aria-invalid]") ?? form.current.querySelector(".primary")).focus();
  }, [work.problem]);
  const preferences = () => changesBetween(before, latest());
  const isChanged = () => Object.keys(preferences()).length > 0;
  const save = async (event) => {
    event.preventDefault();
    const send = async () => dispatch({ type: "chat_changed", chat: await api.patch(`/telegram/chats/${chat.id}`, { preferences: preferences() }) });
    if (!isChanged() || (await work.run(send))) close();
  };
  const fields = { draft, set, id: chat.id, problems: problemsByField(work.problem) };
  return html`<form class="preferences" ref=${form} aria-label=${`Preferences of ${isolated(chat.title)}`} onSubmit=${save}
    onKeyDown=${(event) => event.key === "Escape" && !isChanged() && close()}>
    <${Kinds} ...${fields} />
    <${Minimum} ...${fields} />
    <${Sorting} ...${fields} name="categories" one="category" words=${categories} />
    <${Sorting} ...${fields} name="sites" one="site" words=${sites} />
    <${Quiet} ...${fields} before=${before} />
    <${Delivery} ...${fields} />
    <${Rest} problem=${work.problem} />
    <div class="buttons">
      <button class="primary" disabled=${work.busy}>${work.busy ? "Saving…" : "Save"}</button>
      <button type="button" class="quiet" onClick=${close}>Cancel</button>
    </div>
  </form>`;
}
