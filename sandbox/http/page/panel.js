// The sandbox's own controls: this chat, faults, limits, what the bot sent.

import * as api from "./api.js";
import { h, iconButton } from "./dom.js";
import { attempt } from "./notices.js";
import { clockWithSeconds, iso } from "./times.js";

const FAULTS = [
  ["429 for 10 s", { kind: "retry_after", seconds: 10 }],
  ["Outage for 30 s", { kind: "outage", seconds: 30 }],
  ["Slow, 1 to 3 s", { kind: "latency", latency: [1000, 3000] }],
  ["Lose 3 answers", { kind: "reset_after", count: 3, methods: ["sendMessage"] }],
  ["500 three times", { kind: "http_500", count: 3 }],
  ["Token refused", { kind: "unauthorized" }],
];

export function renderPanel(element, state, chat, onclose) {
  const scrolled = element.querySelector(".body")?.scrollTop ?? 0;
  element.replaceChildren(
    h("header", { class: "bar" }, h("h2", { class: "grow" }, "Sandbox"), iconButton("close", "Close", onclose)),
    h("div", { class: "body" }, chat && chatSection(chat), faultSection(state), limitSection(state), callSection(state)));
  element.querySelector(".body").scrollTop = scrolled;
}

function push(label, deed, danger = false) {
  return h("button", { type: "button", class: danger ? "push danger" : "push", onclick: () => attempt(deed()) }, label);
}

function chatSection(chat) {
  const change = (label, verb, danger) => push(label, () => api.change(chat.id, verb), danger);
  const standing = chat.type === "private"
    ? chat.bot === "kicked" ? change("Unblock the bot", "unblock") : change("Block the bot", "block", true)
    : chat.bot === "member" ? change("Throw the bot out", "kick", true) : change("Invite the bot", "invite");
  return section("This chat", h("div", { class: "buttons" },
    chat.bot !== "stranger" && standing,
    chat.type === "group" && change("Make it a supergroup", "migrate"),
    push("Delete the chat", () => api.deleteChat(chat.id), true)));
}

function faultSection(state) {
  const buttons = FAULTS.map(([label, fault]) => push(label, () => api.addFault(fault)));
  const now = Date.now() / 1000;
  const active = state.faults.filter((fault) => fault.until_at === null || fault.until_at > now).map((fault) => h("li", {},
    h("span", { class: "grow" }, describe(fault)),
    iconButton("close", "End this fault", () => attempt(api.removeFault(fault.id)))));
  return section("Faults", h("div", { class: "buttons" }, buttons), h("ul", { class: "faults" }, active));
}

function limitSection(state) {
  const { on, all, chat, group } = state.limits;
  const box = h("input", { type: "checkbox", checked: on, onchange: (event) => attempt(api.setLimits({ on: event.target.checked })) });
  return section("Limits",
    h("label", { class: "switch" }, box, "Keep Telegram's limits"),
    h("p", { class: "sub" }, `Messages per seconds: everybody ${all}, one chat ${chat}, one group ${group}`));
}

function callSection(state) {
  const rows = state.calls.map((call) => h("li", { title: call.description ?? "" },
    h("time", { datetime: iso(call.arrived_at) }, clockWithSeconds(call.arrived_at)),
    h("span", { class: "grow" }, call.method),
    h("span", { class: call.outcome === "ok" ? "ok" : "bad" }, outcome(call))));
  const empty = h("p", { class: "sub" }, "Nothing yet.");
  return section("What the bot sent", rows.length ? h("ul", { class: "calls" }, rows) : empty);
}

function section(title, ...children) {
  return h("section", {}, h("h3", {}, title), children);
}

function describe(fault) {
  const kind = fault.kind.replaceAll("_", " ");
  if (fault.until_at) return `${kind}, until ${clockWithSeconds(fault.until_at)}`;
  if (fault.count !== null) return `${kind}, ${fault.count} more`;
  return kind;
}

function outcome(call) {
  if (call.violation) return `${call.status} (limit: ${call.violation})`;
  if (call.outcome.startsWith("fault:")) return call.status ? `${call.status} (fault)` : "no answer";
  return String(call.status);
}
