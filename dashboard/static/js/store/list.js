// The list: which complaints, in which order, and what waits to be let in.
import { NO_FILTERS, matches } from "../routing/list-filters.js";
import { keepNewest, newestFirst, only } from "./complaints.js";

export const emptyList = Object.freeze({
  filters: NO_FILTERS,
  state: "empty", // empty, loading, loading_more, ready, failed
  problem: null,
  ids: [],
  nextCursor: null,
  pending: [], // belong at the top, but somebody is reading further down
  outside: 0, // new since the load, but not of these filters
  fresh: {}, // id → seq of the event that last changed a row on screen
  touched: [], // ids that events spoke of while a page was on its way
  atTop: true,
});

const handlers = {
  list_requested: (list, { filters }) => ({ ...list, filters, state: "loading", problem: null, touched: [] }),
  more_requested: (list) => ({ ...list, state: "loading_more", problem: null, touched: [] }),
  list_failed: (list, { problem }) => ({ ...list, state: "failed", problem }),
  scrolled: (list, { atTop }) => (list.atTop === atTop ? list : { ...list, atTop }),
};

export function onList(state, message) {
  if (message.type === "list_arrived") return arrived(state, message.page, []);
  if (message.type === "more_arrived") return arrived(state, message.page, state.list.ids);
  if (message.type === "pending_shown") return showPending(state);
  const handler = handlers[message.type];
  return handler ? { ...state, list: handler(state.list, message) } : state;
}

/** A page was read before the answer came: what events said meanwhile is put over it. */
function arrived(state, page, before) {
  const byId = keepNewest(state.byId, page.items);
  const { filters, touched } = state.list;
  const answered = [...before, ...page.items.map((item) => item.id)];
  const late = touched.filter((id) => byId[id] && matches(filters, byId[id]) && reaches(byId, answered, page, id));
  const gone = new Set(touched.filter((id) => !byId[id] || (!before.includes(id) && !matches(filters, byId[id]))));
  const ids = [...new Set([...answered, ...late])].filter((id) => !gone.has(id)).sort(newestFirst(byId));
  const isFirst = before.length === 0;
  const list = {
    ...state.list,
    state: "ready",
    ids: isFirst ? ids : ids.filter((id) => !state.list.pending.includes(id)),
    nextCursor: page.next_cursor,
    pending: isFirst ? [] : state.list.pending,
    outside: isFirst ? 0 : state.list.outside,
    fresh: isFirst ? {} : state.list.fresh,
    touched: [],
  };
  const kept = isFirst ? only(byId, [...list.ids, state.detail.id]) : byId;
  return { ...state, byId: kept, list, ...cursorFrom(state, page) };
}

/** Does a complaint lie within what has been loaded so far? */
function reaches(byId, ids, page, id) {
  if (page.next_cursor === null || ids.includes(id)) return true;
  const last = ids.at(-1);
  return last === undefined || newestFirst(byId)(id, last) < 0;
}

/** A page gives the first cursor; later the socket keeps it. */
function cursorFrom(state, page) {
  return state.seq === null && page.head_seq !== undefined ? { seq: page.head_seq, epoch: page.epoch } : {};
}

function showPending(state) {
  const { list } = state;
  if (!list.pending.length) return state;
  const ids = [...list.pending, ...list.ids].sort(newestFirst(state.byId));
  return { ...state, list: { ...list, ids, pending: [] }, unseen: state.visible ? [] : state.unseen };
}

/** What an event does to the list; `byId` already holds its complaint. */
export function listAfter(state, byId, { name, seq, data }) {
  const { list } = state;
  const touched = list.state.startsWith("loading") ? [...list.touched, data.id] : list.touched;
  if (list.state === "empty" || list.state === "failed") return list;
  if (name === "removed") {
    const stays = (id) => id !== data.id;
    return { ...list, touched, ids: list.ids.filter(stays), pending: list.pending.filter(stays) };
  }
  const fresh = { ...list.fresh, [data.id]: seq };
  if (list.ids.includes(data.id)) return { ...list, touched, fresh };
  if (list.pending.includes(data.id) || list.state === "loading") return { ...list, touched };
  if (!matches(list.filters, byId[data.id])) {
    return { ...list, touched, outside: list.outside + (name === "new_complaint" ? 1 : 0) };
  }
  if (!reaches(byId, list.ids, { next_cursor: list.nextCursor }, data.id)) return { ...list, touched };
  if (!list.atTop) return { ...list, touched, pending: [...list.pending, data.id] };
  return { ...list, touched, fresh, ids: [...list.ids, data.id].sort(newestFirst(byId)) };
}
