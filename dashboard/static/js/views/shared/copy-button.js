// Text to be copied.
import { useState } from "preact/hooks";
import { useApp } from "./app-context.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

const COPIED_SHOWN_MS = 2000;

/** Puts text on the clipboard and says so; where the browser keeps the clipboard, selecting by hand remains. */
export function CopyButton({ text, label }) {
  const [done, setDone] = useState(false);
  const { clock } = useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    clock.in(COPIED_SHOWN_MS, () => setDone(false));
  };
  if (!navigator.clipboard) return null;
  return html`<button type="button" class="quiet icon-only" onClick=${copy} aria-label=${done ? "Copied" : label} title=${label}>
    <${Icon} name=${done ? "check" : "copy"} />
  </button>`;
}
