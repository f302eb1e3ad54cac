// What passes over the screen: toasts, and alerts that want to be confirmed.

import { h } from "./dom.js";

const TOAST_MS = 3500;

export function toast(text) {
  const element = h("div", { class: "toast" }, text);
  document.querySelector(".toasts").append(element);
  setTimeout(() => element.remove(), TOAST_MS);
}

export function alertDialog(title, text) {
  const dialog = h("dialog", { onclose: () => dialog.remove() },
    h("h2", {}, title),
    h("p", {}, text),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "push primary", autofocus: true, onclick: () => dialog.close() }, "OK")));
  document.body.append(dialog);
  dialog.showModal();
}

// Run a call to the sandbox; whatever it complains about becomes a toast. Returns its answer, or undefined.
export async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    toast(error.message);
    return undefined;
  }
}
