// The sign of the connection, and the cursor as the socket moves it.
import { emptyDetail } from "./detail.js";
import { emptyList } from "./list.js";

export const emptyLink = Object.freeze({
  state: "connecting", // connecting, catching_up, live, waiting, offline, stopped
  retryAt: null,
  reason: null,
  missed: 0, // events of a replay so far, told in one sentence once it is through
  missedNew: 0,
  lives: 0, // how often the connection came to be live
});

function advanced(state, head) {
  return head !== undefined && head !== null && (state.seq === null || head > state.seq) ? { seq: head } : {};
}

/** What was fetched can't be brought up to date: fetch again, and go on live from the server's head. */
function anew(state, { head, epoch = state.epoch }) {
  const link = { ...state.link, state: "live", lives: state.link.lives + 1, missed: 0, missedNew: 0 };
  const next = { ...state, seq: head, epoch, link, generation: state.generation + 1 };
  return epoch === state.epoch ? next : forgotten(next);
}

/** Another epoch is another history (a restored database), where versions may have gone back: nothing known holds. */
function forgotten(state) {
  const { filters, atTop } = state.list;
  const { reference, wanted } = state.detail;
  return {
    ...state,
    byId: {},
    list: { ...emptyList, filters, atTop, state: "loading" },
    detail: { ...emptyDetail, reference, wanted, state: reference ? "loading" : "empty" },
    unseen: [],
  };
}

const handlers = {
  link_changed: (state, { state: name, retryAt = null, reason = null }) => ({
    ...state,
    link: { ...state.link, state: name, retryAt, reason },
  }),
  welcome: (state, { epoch, head }) => ({
    ...state,
    ...(state.seq === null ? { seq: head, epoch } : {}),
    link: { ...state.link, state: "catching_up", missed: 0, missedNew: 0, retryAt: null, reason: null },
  }),
  live: (state, { head }) => ({
    ...state,
    ...advanced(state, head),
    link: { ...state.link, state: "live", lives: state.link.lives + 1 },
  }),
  ping: (state, message) => {
    if (message.epoch && state.epoch && message.epoch !== state.epoch) return anew(state, message);
    return { ...state, ...advanced(state, message.head) };
  },
  resync: anew,
};

export function onLink(state, message) {
  return handlers[message.type]?.(state, message) ?? state;
}
