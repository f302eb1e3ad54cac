// The complaint that is open: its timeline, comments, and who was told.
export const emptyDetail = Object.freeze({
  reference: null, // as the address says it: a reference or an id
  id: null,
  state: "empty", // empty, loading, ready, failed
  problem: null,
  events: [],
  comments: [],
  alerts: null, // null: not known yet
  alertsFailed: false,
  removed: false,
  signalled: false, // signals tell of its alerts: then there is little reason to ask
  wanted: { comments: 0, alerts: 0 }, // moves when events or signals say that there is more to fetch
});

function opened(detail, reference) {
  if (detail.reference === reference && detail.state !== "failed") return detail;
  return { ...emptyDetail, reference, state: "loading", wanted: detail.wanted };
}

function wants(detail, part) {
  return { ...detail, wanted: { ...detail.wanted, [part]: detail.wanted[part] + 1 } };
}

function signalled(detail) {
  return { ...wants(detail, "alerts"), signalled: true };
}

const handlers = {
  detail_opened: (detail, { reference }) => opened(detail, reference),
  detail_closed: () => emptyDetail,
  detail_arrived: (detail, { id, events, comments }) => ({
    ...detail,
    id,
    state: "ready",
    problem: null,
    removed: false,
    events: events.reduce(merged, detail.id === id ? detail.events : []),
    comments,
  }),
  detail_failed: (detail, { problem }) => ({ ...detail, state: "failed", problem }),
  comments_arrived: (detail, { comments }) => ({ ...detail, comments }),
  alerts_arrived: (detail, { alerts }) => ({ ...detail, alerts, alertsFailed: false }),
  alerts_failed: (detail) => ({ ...detail, alertsFailed: detail.alerts === null }),
  signal: (detail, { name, complaint }) => (name === "alert" && complaint === detail.id ? signalled(detail) : detail),
};

/** Every handler but `detail_opened` that speaks of another complaint than the open one changes nothing. */
export function onDetail(state, message) {
  const handler = handlers[message.type];
  if (!handler) return state;
  if (message.reference && message.type !== "detail_opened" && message.reference !== state.detail.reference) return state;
  return { ...state, detail: handler(state.detail, message) };
}

/** An event that was fetched before it was numbered comes again with its number: it takes the place of the first. */
function isSame(a, b) {
  if (a.seq !== null && b.seq !== null) return a.seq === b.seq;
  return a.name === b.name && a.occurred_at === b.occurred_at && a.data?.version === b.data?.version;
}

function merged(events, event) {
  const index = events.findIndex((other) => isSame(other, event));
  if (index < 0) return [...events, event];
  return events[index].seq === null ? events.with(index, event) : events;
}

/** What an event does to the open complaint. */
export function timelineAfter(detail, event) {
  if (detail.id !== event.data.id) return detail;
  if (event.name === "removed") return { ...detail, removed: true };
  const grown = { ...detail, events: merged(detail.events, event) };
  return event.name === "comment_added" ? wants(grown, "comments") : grown;
}
