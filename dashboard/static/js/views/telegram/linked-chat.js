// One linked chat: how it stands, what it wants, and what may be done with it.
import { useComputed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { noteOn, stateOf } from "../../text/chat-words.js";
import { isolated } from "../../text/isolated.js";
import { deliveryLine, quietLine, wantedLine } from "../../text/preference-words.js";
import { capital } from "../../text/words.js";
import { useApp } from "../shared/app-context.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { ChatActions } from "./chat-actions.js";
import { PreferencesForm } from "./preferences-form.js";

function Who({ chat }) {
  const { clock } = useApp();
  const state = useComputed(() => stateOf(chat, clock.nowMs.value)).value;
  const lines = [wantedLine, quietLine, deliveryLine].map((line) => line(chat.preferences)).filter(Boolean);
  const note = noteOn(chat);
  return html`<div class="who"><strong><bdi>${chat.title}</bdi></strong> <span class="tag">${state}</span>
    <span class="faint">${[capital(chat.type), chat.operator && isolated(chat.operator.name)].filter(Boolean).join(" · ")}</span>
    ${note && html`<p class="note">${note}</p>`}
    ${chat.state !== "left" && lines.map((line) => html`<p class="faint" key=${line}>${line}</p>`)}</div>`;
}

export function LinkedChat({ chat }) {
  const work = useWork();
  const [open, setOpen] = useState(false);
  const row = useRef(null);
  const close = () => {
    setOpen(false);
    row.current.querySelector("[aria-expanded]")?.focus();
  };
  return html`<li class="chat is-${chat.state}" ref=${row}>
    <${Who} key=${chat.muted_until} chat=${chat} />
    <${ChatActions} chat=${chat} work=${work} open=${open} toggle=${() => setOpen(!open)} />
    <${Failure} problem=${work.problem} />
    ${open && html`<${PreferencesForm} chat=${chat} close=${close} />`}
  </li>`;
}
