// States of the page and what moves them, for whatever is tried on the store.
import { NO_FILTERS } from "/static/now/js/routing/list-filters.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";

export const SECOND_MS = 1000;
export const play = (state, ...messages) => messages.reduce(reduce, state);
export const tick = (second) => ({ type: "tick", atMs: second * SECOND_MS });
export const lost = { type: "connection_changed", state: "waiting", retryAtMs: null };
export const ines = { id: "ines", name: "Ines" };
export const bo = { id: "bo", name: "Bo" };

export function complaint(number, more = {}) {
  const id = `id-${number}`;
  const created_at = new Date(Date.UTC(2030, 0, 1, 0, number)).toISOString();
  return { id, reference: `RD-${number}`, version: 1, status: "reported", severity: "high", description: "…", created_at, ...more };
}

export function event(seq, data, more = {}) {
  return { type: "event", seq, name: "status_update", actor: { id: "kofi", name: "Kofi" }, data, changes: {}, atMs: 0, ...more };
}

export const fresh = (seq, data) => event(seq, data, { name: "new_complaint" });
export const page = (items, next_cursor = null) => ({ items, next_cursor, head_seq: 100, epoch: "e" });

/** Signed in, a list of complaints 1 to 3 on screen, live. */
export function listed({ filters = NO_FILTERS, items = [complaint(3), complaint(2), complaint(1)], next = null } = {}) {
  return play(
    initial,
    { type: "signed_in", operator: { id: "ines", role: "agent" } },
    { type: "list_requested", filters },
    { type: "list_arrived", page: page(items, next) },
    { type: "welcome", head: 100, epoch: "e" },
    { type: "live", head: 100, atMs: 0 },
  );
}

/** Signed in, and live since second 0. */
export const fed = () => play(
  initial,
  { type: "signed_in", operator: ines },
  { type: "welcome", head: 100, epoch: "e", atMs: 0 },
  { type: "live", head: 100, atMs: 0 },
);

/** The same with a complaint open, which Bo and the operator look at; two are online. */
export const together = () => play(
  fed(),
  { type: "detail_opened", reference: "RD-1" },
  { type: "detail_arrived", reference: "RD-1", id: "id-1", events: [], comments: [] },
  { type: "presence", online: { count: 2, operators: [ines, bo] } },
  { type: "presence", complaint: "id-1", operators: [ines, bo] },
);
