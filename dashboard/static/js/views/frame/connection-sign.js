// The sign of the connection: a dot and a word, never the colour alone.
import { useComputed } from "@preact/signals";
import { isCurrent } from "../../store/connection-state.js";
import { clockTime, secondsUntil } from "../../text/times.js";
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";

const WORDS = {
  live: "Live",
  polling: "Live, by\u00a0polling",
  connecting: "Connecting",
  catching_up: "Catching up",
  waiting: "Reconnecting",
  offline: "Offline",
  stopped: "Stopped",
};
const TITLES = {
  live: "Changes appear as they happen.",
  polling: "This network does not let live connections through. Changes are asked for every few seconds.",
  offline: "This device has no network.",
  catching_up: "Receiving what happened meanwhile.",
};

function wordFor({ state, retryAtMs }, nowMs) {
  const seconds = state === "waiting" && retryAtMs !== null ? secondsUntil(retryAtMs, nowMs) : 0;
  return seconds ? `Reconnecting in\u00a0${seconds}\u00a0s` : WORDS[state];
}

/** "as of 14:03": how old what is on screen is, once it may well be out of date. */
function asOf({ stale, heardAtMs }, nowMs) {
  return stale ? `as of ${clockTime(heardAtMs, nowMs)}` : null;
}

/** The whole truth in a sentence, where the page can't be trusted to be up to date; else null. */
export function staleLine(connection, nowMs) {
  if (!connection.stale || isCurrent(connection) || connection.state === "catching_up") return null;
  const why = connection.state === "offline" ? "This device has no network" : "There is no connection to the server";
  return `${why}. What is on screen is ${asOf(connection, nowMs)}.`;
}

export function ConnectionSign() {
  const { state, clock } = useApp();
  const { connection } = state.value;
  const word = useComputed(() => wordFor(state.value.connection, clock.nowMs.value));
  const age = asOf(connection, clock.nowMs.peek());
  return html`
    <span class="connection is-${connection.state} ${connection.stale ? "is-stale" : ""}" title=${connection.reason ?? TITLES[connection.state]}>
      <span class="dot" aria-hidden="true"></span><span class="word">${word}</span>${age && html`<span class="age">${age}</span>`}
    </span>
    <span class="visually-hidden" role="status">${WORDS[connection.state]}</span>
  `;
}
