// Adding people and groups.

import * as api from "./api.js";
import { h } from "./dom.js";
import { userName } from "./store.js";

export function newUser(onadded) {
  form("Add person", [
    field("First name", { name: "first_name", required: true, autofocus: true }),
    field("Last name", { name: "last_name" }),
  ], async (data) => onadded(await api.addUser({ first_name: data.get("first_name"), last_name: data.get("last_name") })));
}

export function newGroup(state, me, onadded) {
  const people = state.users.map((user) => h("label", { class: "switch" },
    h("input", { type: "checkbox", name: "members", value: user.id, checked: user.id === me }), userName(user)));
  form("Add group", [
    field("Name", { name: "title", required: true, autofocus: true }),
    h("label", {}, "Kind", h("select", { name: "type" },
      h("option", { value: "group" }, "Group"), h("option", { value: "supergroup" }, "Supergroup"))),
    field("Topics of a supergroup, with commas between", { name: "topics" }),
    h("fieldset", {}, h("legend", {}, "People"), people),
  ], async (data) => onadded(await api.addGroup({
    title: data.get("title"),
    type: data.get("type"),
    members: data.getAll("members").map(Number),
    topics: data.get("topics").split(",").map((topic) => topic.trim()).filter(Boolean),
  })));
}

function field(label, attributes) {
  return h("label", {}, label, h("input", { type: "text", autocomplete: "off", ...attributes }));
}

function form(title, fields, submit) {
  const problem = h("p", { class: "problem", role: "alert" });
  const onsubmit = async (event) => {
    event.preventDefault();
    try {
      await submit(new FormData(event.target));
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const dialog = h("dialog", { onclose: () => dialog.remove() },
    h("form", { onsubmit }, h("h2", {}, title), fields, problem,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "push", onclick: () => dialog.close() }, "Cancel"),
        h("button", { class: "push primary" }, "Add"))));
  document.body.append(dialog);
  dialog.showModal();
}
