// One linked chat and what may be done with it.
import { useState } from "preact/hooks";
import { useApp } from "../context.js";
import { html } from "../html.js";
import { capital } from "../words.js";
import { Failure, useWork } from "./parts.js";

const NOTES = {
  unreachable: "Telegram refuses messages to this chat. Write /start to the bot there.",
  left: "The bot was taken out of this chat.",
  muted: "Gets nothing until it is unmuted.",
};

function Unlink({ work, unlink }) {
  const [sure, setSure] = useState(false);
  if (!sure) return html`<button type="button" class="quiet" onClick=${() => setSure(true)}>Unlink</button>`;
  return html`<button type="button" class="danger" disabled=${work.busy} onClick=${unlink} onBlur=${() => setSure(false)}>Unlink for good</button>`;
}

export function Chat({ chat, reload }) {
  const { api, dispatch } = useApp();
  const work = useWork();
  const path = `/telegram/chats/${chat.id}`;
  const muted = chat.state === "muted";
  const change = (call) => work.run(async () => {
    await call();
    await reload();
  });
  const test = () => work.run(async () => {
    await api.post(`${path}/test`);
    dispatch({ type: "notice", id: `test-${chat.id}`, title: "Test alert on its way", text: chat.title, at: Date.now() });
  });
  return html`<li class="chat is-${chat.state}">
    <div class="who"><strong>${chat.title}</strong> <span class="tag">${capital(chat.state)}</span>
      <span class="faint">${[capital(chat.type), chat.operator?.name].filter(Boolean).join(" · ")}</span>
      ${NOTES[chat.state] && html`<p class="faint">${NOTES[chat.state]}</p>`}</div>
    <div class="buttons">
      <button type="button" disabled=${work.busy} onClick=${test}>Send a test</button>
      ${(muted || chat.state === "active") && html`<button type="button" class="quiet" disabled=${work.busy}
        onClick=${() => change(() => api.patch(path, { state: muted ? "active" : "muted" }))}>${muted ? "Unmute" : "Mute"}</button>`}
      <${Unlink} work=${work} unlink=${() => change(() => api.delete(path))} />
    </div>
    <${Failure} problem=${work.problem} />
  </li>`;
}
