// A link token, once: as a button, as a picture for the telephone, and as a command for groups.
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../context.js";
import { html } from "../html.js";
import { due } from "../times.js";
import { Icon } from "./icons.js";
import { Copy, Failure, useWork } from "./parts.js";

function Expiry({ at, ended }) {
  const { clock } = useApp();
  const text = useComputed(() => due(at, clock.now.value).text);
  const over = useComputed(() => due(at, clock.now.value).late).value;
  useEffect(() => {
    if (over) ended();
  }, [over]);
  return html`<p class="faint">Works once. It expires ${text}.</p>`;
}

function Ways({ link, ended }) {
  const picture = link.qr_svg && `data:image/svg+xml;utf8,${encodeURIComponent(link.qr_svg)}`;
  return html`<div class="ways">
    ${picture && html`<img class="qr" src=${picture} alt="The same link as a QR code" width="168" height="168" />`}
    <div class="stack">
      <p><a class="button primary" href=${link.deep_link} target="_blank" rel="noopener noreferrer"><${Icon} name="send" />Open Telegram</a></p>
      <p>In a group, add the bot and send:</p>
      <p class="command"><code>${link.command}</code><${Copy} text=${link.command} label="Copy the command" /></p>
      <${Expiry} at=${link.expires_at} ended=${ended} />
      <p class="loading" role="status">Waiting for Telegram…</p>
    </div>
  </div>`;
}

export function LinkCard({ linked, made, ended }) {
  const { api } = useApp();
  const work = useWork();
  const [link, setLink] = useState(null);
  const ask = () => work.run(async () => {
    setLink(await api.post("/telegram/link"));
    made();
  });
  const end = () => {
    setLink(null);
    ended();
  };
  useEffect(() => {
    if (linked) setLink(null);
  }, [linked]);
  if (link) return html`<${Ways} link=${link} ended=${end} />`;
  return html`
    ${linked && html`<p class="success" role="status"><${Icon} name="check" />${linked.title} is linked.</p>`}
    <p>You get a link that works once, for yourself or for a group that you are in.</p>
    <${Failure} problem=${work.problem} />
    <button type="button" class="primary" disabled=${work.busy} onClick=${ask}>${linked ? "Link another chat" : "Make a link"}</button>
  `;
}
