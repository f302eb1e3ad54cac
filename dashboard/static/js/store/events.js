// One event of the stream: once, in order, the newest version wins.
import { keepNewest } from "./complaints.js";
import { isCurrent } from "./connection-state.js";
import { timelineAfter } from "./detail.js";
import { listAfter } from "./list.js";
import { toastFor, toastsWith } from "./toasts.js";

const MOST_ROWS = 1000;
const KNOWN = ["new_complaint", "status_update", "assignment_update", "complaint_update", "comment_added", "removed"];

export function onEvent(state, event) {
  if (state.seq !== null && event.seq <= state.seq) return state;
  const connection = isCurrent(state.connection) ? { ...state.connection, heardAtMs: event.atMs } : state.connection;
  const seen = { ...state, seq: event.seq, connection };
  if (!KNOWN.includes(event.name) || !event.data?.id) return seen;
  const known = event.name === "removed" ? without(state.byId, event.data.id) : keepNewest(state.byId, [event.data]);
  const list = listAfter(state, known, event);
  const byId = isShown(state, list, event.data) ? known : without(known, event.data.id);
  const generation = state.generation + (isTooLong(list) ? 1 : 0);
  const detail = timelineAfter(state.detail, event);
  const next = { ...seen, byId, list, detail, generation, unseen: unseenAfter(state, list, event) };
  return isCurrent(state.connection) ? toasted(next, toastFor(state, event)) : counted(next, event);
}

/** Only what is on a page is kept: a dashboard may stay open for weeks. */
function isShown({ detail }, { ids, pending, touched }, { id }) {
  return detail.id === id || ids.includes(id) || pending.includes(id) || touched.includes(id);
}

/** Grown at the top far beyond what anybody reads: begin with a fresh first page. */
function isTooLong({ ids, atTop, state }) {
  return atTop && state === "ready" && ids.length > MOST_ROWS;
}

function without(byId, id) {
  if (!(id in byId)) return byId;
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
  const { connection } = state;
  const missedNew = connection.missedNew + (name === "new_complaint" ? 1 : 0);
  return { ...state, connection: { ...connection, missed: connection.missed + 1, missedNew } };
}
