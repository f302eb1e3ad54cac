// Linking a Telegram chat, and the chats that are linked.
import { useEffect, useState } from "preact/hooks";
import { mineFirst } from "../../text/chat-words.js";
import { useApp } from "../shared/app-context.js";
import { Failure } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { LinkCard } from "./link-card.js";
import { LinkedChat } from "./linked-chat.js";

const LOOK_EVERY_MS = 3000;

/** The chats as they are known; looked at again while a link waits to be used: linking happens outside this page. */
function useChats(waiting) {
  const { state, loaders, clock } = useApp();
  useEffect(() => void loaders.lookups.loadChats(), []);
  useEffect(() => (waiting ? clock.every(LOOK_EVERY_MS, () => loaders.lookups.loadChats()) : undefined), [waiting]);
  const { chats, chatsProblem } = state.value;
  return { chats, problem: chatsProblem };
}

function Chats({ chats, me }) {
  if (!chats) return html`<p class="loading" role="status">Loading…</p>`;
  if (!chats.length) return html`<p class="faint">None yet. Nobody gets an alert who did not ask for it.</p>`;
  return html`<ul class="chats">${mineFirst(chats, me).map((chat) => html`<${LinkedChat} key=${chat.id} chat=${chat} />`)}</ul>`;
}

export function TelegramPage() {
  const [before, setBefore] = useState(null);
  const [waiting, setWaiting] = useState(false);
  const { chats, problem } = useChats(waiting);
  const { state, loaders } = useApp();
  const me = state.value.operator.id;
  const linked = before && chats?.find(({ id, operator }) => operator?.id === me && !before.includes(id));
  useEffect(() => {
    if (linked) setWaiting(false);
  }, [linked]);
  const made = async () => {
    if (!state.peek().chats) await loaders.lookups.loadChats(); // else those of before would pass for the one just linked
    setBefore(state.peek().chats?.map(({ id }) => id) ?? null);
    setWaiting(true);
  };
  return html`
    <h1 tabindex="-1">Telegram alerts</h1>
    <p class="lead">Link a chat and new complaints reach it within seconds, with buttons to act on them.</p>
    <div class="telegram">
      <section class="card" aria-labelledby="link"><h2 id="link">Link a chat</h2>
        <${LinkCard} linked=${linked} made=${made} ended=${() => setWaiting(false)} /></section>
      <section class="card" aria-labelledby="chats"><h2 id="chats">Linked chats</h2>
        <${Failure} problem=${problem} retry=${() => loaders.lookups.loadChats()} />
        <${Chats} chats=${chats} me=${me} /></section>
    </div>
  `;
}
