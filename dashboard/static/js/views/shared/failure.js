// Work that may fail, and how its failure is shown.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** A failure in the server's words, announced, with a way on where there is one. */
export function Failure({ problem, retry }) {
  if (!problem) return null;
  return html`<div class="failure" role="alert">
    <${Icon} name="warn" /><p>${problem.text ?? problem.message}</p>
    ${retry && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

/** {busy, problem, run}: runs one piece of work at a time and keeps what went wrong with it. */
export function useWork() {
  const [at, setAt] = useState({ busy: false, problem: null });
  const run = async (work) => {
    setAt({ busy: true, problem: null });
    try {
      await work();
      setAt({ busy: false, problem: null });
      return true;
    } catch (problem) {
      setAt({ busy: false, problem });
      return false;
    }
  };
  return { ...at, run };
}
