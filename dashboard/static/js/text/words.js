// The words on screen, and what may follow what. One word per thing, the same as in the API.
import { isolated, withoutControls } from "./isolated.js";

export const STATUSES = ["reported", "acknowledged", "in_progress", "on_hold", "resolved", "rejected", "duplicate"];
export const OPEN_STATUSES = STATUSES.slice(0, 4);
export const SEVERITIES = ["critical", "high", "medium", "low"];

const STATUS_LABELS = { in_progress: "In progress", on_hold: "On hold" };

/** Steps that an operator may take from each status. `reason`: "none", "optional" or "required". */
const STEPS = {
  acknowledged: { to: "acknowledged", label: "Acknowledge", reason: "none" },
  in_progress: { to: "in_progress", label: "Start work", reason: "none" },
  on_hold: { to: "on_hold", label: "Put on hold", reason: "optional" },
  resolved: { to: "resolved", label: "Resolve", reason: "optional" },
  rejected: { to: "rejected", label: "Reject", reason: "optional" },
};
const RESUME = { ...STEPS.in_progress, label: "Resume work" };
const REOPEN = { ...STEPS.in_progress, label: "Reopen", reason: "required" };
const NEXT = {
  reported: [STEPS.acknowledged, STEPS.in_progress, STEPS.resolved, STEPS.rejected],
  acknowledged: [STEPS.in_progress, STEPS.resolved, STEPS.rejected],
  in_progress: [STEPS.resolved, STEPS.on_hold, STEPS.rejected],
  on_hold: [RESUME, STEPS.resolved, STEPS.rejected],
  resolved: [REOPEN],
  rejected: [REOPEN],
  duplicate: [REOPEN],
};

export function capital(word) {
  return word ? word[0].toUpperCase() + word.slice(1).replaceAll("_", " ") : "";
}

export function statusLabel(status) {
  return STATUS_LABELS[status] ?? capital(status);
}

export function stepsFrom(status) {
  return NEXT[status] ?? [];
}

export function isOpen(status) {
  return OPEN_STATUSES.includes(status);
}

export function mayAct(operator) {
  return operator?.role === "agent" || operator?.role === "admin";
}

/** What a complaint is called where there is one line for it. */
export function headline(complaint) {
  return complaint.subject || firstLine(complaint.description) || complaint.reference;
}

export function firstLine(text) {
  return withoutControls((text ?? "").trim().split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/, 1)[0]);
}

/** Two letters for a name. */
export function initials(name) {
  const parts = withoutControls(name ?? "").trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => [...(part ?? "")][0] ?? "").join("").toUpperCase();
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** "a, b and c". */
export function inWords(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");
}

/** One sentence for what an event did, after its actor's name. */
export function deed(event) {
  const [, after] = event.changes?.status ?? [];
  if (event.name === "new_complaint") return "submitted this";
  if (event.name === "comment_added") return "commented";
  if (event.name === "assignment_update") return assignmentDeed(event);
  if (event.name === "status_update" && after) return `changed the status to ${statusLabel(after).toLowerCase()}`;
  if (event.name === "complaint_update") return `edited ${Object.keys(event.changes ?? {}).join(", ") || "this"}`;
  return capital(event.name).toLowerCase();
}

/** The reason that somebody gave for a change of status, if any. */
export function reasonOf(event) {
  return event.changes?.reason?.[1] ?? null;
}

function assignmentDeed(event) {
  const assignee = event.data?.assignee;
  if (!assignee) return "unassigned this";
  return assignee.id === event.actor?.id ? "took this" : `assigned this to ${isolated(assignee.name)}`;
}

export function actorName(actor) {
  return (actor?.name && isolated(actor.name)) || { api_client: "An API client", system: "Redress" }[actor?.kind] || "Somebody";
}
