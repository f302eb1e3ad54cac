// One event of the stream: once, in order, the newest version wins.
import { keepNewest } from "./complaints.js";
import { timelineAfter } from "./detail.js";
import { listAfter } from "./list.js";
import { toastFor, toastsWith } from "./toasts.js";

const KNOWN = ["new_complaint", "status_update", "assignment_update", "complaint_update", "comment_added", "removed"];

export function onEvent(state, event) {
  if (state.seq !== null && event.seq <= state.seq) return state;
  const seen = { ...state, seq: event.seq };
  if (!KNOWN.includes(event.name) || !event.data?.id) return seen;
  const byId = event.name === "removed" ? without(state.byId, event.data.id) : keepNewest(state.byId, [event.data]);
  const list = listAfter(state, byId, event);
  const next = { ...seen, byId, list, detail: timelineAfter(state.detail, event), unseen: unseenAfter(state, list, event) };
  return state.link.state === "live" ? toasted(next, toastFor(state, event)) : counted(next, event);
}

function without(byId, id) {
  const { [id]: _, ...rest } = byId;
  return rest;
}

function unseenAfter(state, list, { name, data }) {
  if (name === "removed") return state.unseen.filter((id) => id !== data.id);
  const onScreen = state.visible && !list.pending.includes(data.id);
  return name === "new_complaint" && !onScreen ? [...state.unseen, data.id] : state.unseen;
}

function toasted(state, toast) {
  return toast ? { ...state, toasts: toastsWith(state.toasts, toast) } : state;
}

function counted(state, { name }) {
  const { link } = state;
  const missedNew = link.missedNew + (name === "new_complaint" ? 1 : 0);
  return { ...state, link: { ...link, missed: link.missed + 1, missedNew } };
}
