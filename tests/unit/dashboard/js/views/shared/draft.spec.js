import { render } from "preact";
import { useDraft } from "/static/now/js/views/shared/draft.js";
import { html } from "/static/now/js/views/shared/html.js";
import { equal } from "../../expect.js";

/** A form's draft on a page, and what was rendered of it. */
function drafted(initial) {
  const held = {};
  const Form = () => {
    Object.assign(held, useDraft(initial));
    return html`<p>${JSON.stringify(held.draft)}</p>`;
  };
  render(html`<${Form} />`, document.createElement("div"));
  return held;
}

export const specs = {
  "two changes before anything is rendered are both kept"() {
    const { set, latest } = drafted({ reminders: 2, pause: null });
    set({ reminders: 3 });
    set({ pause: 10 });
    equal(latest(), { reminders: 3, pause: 10 });
  },

  "a change may build on what is known by then"() {
    const { set, latest } = drafted({ kinds: ["new"] });
    set(({ kinds }) => ({ kinds: [...kinds, "status"] }));
    set(({ kinds }) => ({ kinds: kinds.filter((kind) => kind !== "new") }));
    equal(latest(), { kinds: ["status"] });
  },

  async "what is rendered follows"() {
    const held = drafted({ reminders: 2 });
    held.set({ reminders: 3 });
    await new Promise((resolve) => setTimeout(resolve));
    equal(held.draft, { reminders: 3 });
  },
};
