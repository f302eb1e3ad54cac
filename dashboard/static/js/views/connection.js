// The sign of the connection: a dot and a word, never the colour alone.
import { useComputed } from "@preact/signals";
import { useApp } from "../context.js";
import { html } from "../html.js";
import { secondsUntil } from "../times.js";

const WORDS = { live: "Live", connecting: "Connecting", catching_up: "Catching up", offline: "Offline", stopped: "Stopped" };
const TITLES = {
  live: "Changes appear as they happen.",
  offline: "This device has no network. What is on screen may be old.",
  catching_up: "Receiving what happened meanwhile.",
};

function wordFor({ state, retryAt }, now) {
  if (state !== "waiting") return WORDS[state];
  const seconds = retryAt === null ? 0 : secondsUntil(retryAt, now);
  return seconds ? `Reconnecting in ${seconds} s` : "Reconnecting";
}

export function Connection() {
  const { state, clock } = useApp();
  const { link } = state.value;
  const word = useComputed(() => wordFor(state.value.link, clock.now.value));
  return html`
    <span class="connection is-${link.state}" title=${link.reason ?? TITLES[link.state]}>
      <span class="dot" aria-hidden="true"></span><span>${word}</span>
    </span>
    <span class="visually-hidden" role="status">${link.state === "waiting" ? "Reconnecting" : WORDS[link.state]}</span>
  `;
}
