// What may be done with a chat: preferences, a test, quiet for a while, unlinking.
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";

const HOUR_MS = 3_600_000;
const MUTES = [
  { label: "1 hour", lastsMs: HOUR_MS },
  { label: "8 hours", lastsMs: 8 * HOUR_MS },
  { label: "Until I unmute", lastsMs: null },
];

function Unlink({ work, unlink }) {
  const [sure, setSure] = useState(false);
  if (!sure) return html`<button type="button" class="quiet" onClick=${() => setSure(true)}>Unlink</button>`;
  return html`<button type="button" class="danger" disabled=${work.busy} onClick=${unlink} onBlur=${() => setSure(false)}>Unlink for good</button>`;
}

function MuteFor({ work, mute, cancel }) {
  const first = useRef(null);
  useEffect(() => first.current.querySelector("button").focus(), []);
  return html`<div class="buttons mute-for" role="group" aria-label="Mute for" ref=${first} onKeyDown=${(event) => event.key === "Escape" && cancel()}>
    <span>Mute for</span>
    ${MUTES.map(({ label, lastsMs }) => html`<button type="button" key=${label} disabled=${work.busy} onClick=${() => mute(lastsMs)}>${label}</button>`)}
    <button type="button" class="quiet" onClick=${cancel}>Cancel</button>
  </div>`;
}

/** {change, test}: each asks the API, then shows what the chat has become. */
function useChatActions(chat, work) {
  const { api, dispatch, loaders } = useApp();
  const path = `/telegram/chats/${chat.id}`;
  return {
    change: (patch) => work.run(async () => dispatch({ type: "chat_changed", chat: await api.patch(path, patch) })),
    unlink: () => work.run(async () => {
      await api.delete(path);
      await loaders.lookups.loadChats();
    }),
    test: () => work.run(async () => {
      await api.post(`${path}/test`);
      dispatch({ type: "notice", id: `test-${chat.id}`, title: "Test alert on its way", text: chat.title, atMs: Date.now() });
    }),
  };
}

/** Mute opens a choice of times; unmuting needs none. The focus comes back here once the choice is closed. */
function Mute({ chat, muting, toggle, unmute, busy }) {
  const button = useRef(null);
  const before = useRef(muting);
  useEffect(() => {
    if (before.current && !muting) button.current?.focus();
    before.current = muting;
  }, [muting]);
  if (chat.state !== "active" && chat.state !== "muted") return null;
  const isMuted = chat.state === "muted";
  return html`<button type="button" class="quiet" ref=${button} disabled=${busy} aria-expanded=${isMuted ? undefined : muting}
    onClick=${isMuted ? unmute : toggle}>${isMuted ? "Unmute" : "Mute"}</button>`;
}

export function ChatActions({ chat, work, open, toggle }) {
  const { change, unlink, test } = useChatActions(chat, work);
  const [muting, setMuting] = useState(false);
  const mute = async (lastsMs) => {
    const until = lastsMs === null ? null : new Date(Date.now() + lastsMs).toISOString();
    if (await change({ state: "muted", muted_until: until })) setMuting(false);
  };
  return html`
    <div class="buttons">
      ${chat.state !== "left" && html`
        <button type="button" aria-expanded=${open} onClick=${toggle}>Preferences</button>
        <button type="button" class="quiet" disabled=${work.busy} onClick=${test}>Send a test</button>`}
      <${Mute} chat=${chat} muting=${muting} toggle=${() => setMuting(!muting)} unmute=${() => change({ state: "active" })} busy=${work.busy} />
      <${Unlink} work=${work} unlink=${unlink} />
    </div>
    ${muting && html`<${MuteFor} work=${work} mute=${mute} cancel=${() => setMuting(false)} />`}
  `;
}
