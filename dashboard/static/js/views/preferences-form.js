// The preferences of one chat, as a form that sends only what was changed.
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../context.js";
import { html } from "../html.js";
import { changesBetween, problemsByField } from "../preferences.js";
import { Failure, useWork } from "./parts.js";
import { Delivery, Kinds, Minimum, Quiet, Sorting } from "./preference-fields.js";

/** A refusal is told beside its field; only what no field shows is told below. */
function Rest({ problem }) {
  return Object.keys(problemsByField(problem)).length ? null : html`<${Failure} problem=${problem} />`;
}

export function PreferencesForm({ chat, close }) {
  const { api, state, dispatch } = useApp();
  const { categories, sites } = state.value;
  const work = useWork();
  const [draft, setDraft] = useState(chat.preferences);
  const form = useRef(null);
  useEffect(() => {
    if (work.problem) (form.current.querySelector("[aria-invalid]") ?? form.current.querySelector(".primary")).focus();
  }, [work.problem]);
  const set = (part) => setDraft((before) => ({ ...before, ...part }));
  const submit = (event) => {
    event.preventDefault();
    return save(changesBetween(chat.preferences, draft));
  };
  const save = async (preferences) => {
    const isChanged = Object.keys(preferences).length > 0;
    const send = async () => dispatch({ type: "chat_changed", chat: await api.patch(`/telegram/chats/${chat.id}`, { preferences }) });
    if (!isChanged || (await work.run(send))) close();
  };
  const fields = { draft, set, id: chat.id, problems: problemsByField(work.problem) };
  return html`<form class="preferences" ref=${form} aria-label=${`Preferences of ${chat.title}`} onSubmit=${submit}
    onKeyDown=${(event) => event.key === "Escape" && close()}>
    <${Kinds} ...${fields} />
    <${Minimum} ...${fields} />
    <${Sorting} ...${fields} name="categories" one="category" words=${categories} />
    <${Sorting} ...${fields} name="sites" one="site" words=${sites} />
    <${Quiet} ...${fields} before=${chat.preferences} />
    <${Delivery} ...${fields} />
    <${Rest} problem=${work.problem} />
    <div class="buttons">
      <button class="primary" disabled=${work.busy}>${work.busy ? "Saving…" : "Save"}</button>
      <button type="button" class="quiet" onClick=${close}>Cancel</button>
    </div>
  </form>`;
}
