// A link token, once: as a button, as a picture for the telephone, and as a command to type.
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { due } from "../../text/times.js";
import { useApp } from "../shared/app-context.js";
import { CopyButton } from "../shared/copy-button.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";
import { Icon } from "../shared/icons.js";

function Expiry({ at, ended }) {
  const { clock } = useApp();
  const text = useComputed(() => due(at, clock.nowMs.value).text);
  const over = useComputed(() => due(at, clock.nowMs.value).late).value;
  useEffect(() => {
    if (over) ended();
  }, [over]);
  return html`<p class="faint">Works once. It expires ${text}.</p>`;
}

/** SVG that was made to stand inside a page lacks the name space that a picture by itself needs. */
function pictureOf(svg) {
  const whole = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  return `data:image/svg+xml;utf8,${encodeURIComponent(whole)}`;
}

const Command = ({ text }) => html`<p class="command"><code>${text}</code><${CopyButton} text=${text} label="Copy the command" /></p>`;

function Ways({ link, ended }) {
  return html`<div class="ways">
    ${link.qr_svg && html`<img class="qr" src=${pictureOf(link.qr_svg)} alt="The same link as a QR code" width="168" height="168" />`}
    <div class="stack">
      ${link.deep_link && html`<p><a class="button primary" href=${link.deep_link} target="_blank" rel="noopener noreferrer">
        <${Icon} name="send" />Open Telegram</a></p>`}
      <p>${link.deep_link ? "Or write" : "Write"} to the bot yourself:</p>
      <${Command} text=${link.command} />
      ${link.group_command && html`<p>For a group, add the bot to it, then write there:</p>
        <${Command} text=${link.group_command} />`}
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
    const answer = await api.post("/telegram/link");
    await made();
    setLink(answer);
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
    ${linked && html`<p class="success" role="status"><${Icon} name="check" /><bdi>${linked.title}</bdi> is linked.</p>`}
    <p>You get a link that works once, for your own chat with the bot or for a group.</p>
    <${Failure} problem=${work.problem} />
    <button type="button" class="primary" disabled=${work.busy} onClick=${ask}>${linked ? "Link another chat" : "Make a link"}</button>
  `;
}
