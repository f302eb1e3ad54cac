// The page's memory: one pure reducer, (state, message) → state. It keeps the cursor, drops doubles, and keeps of every
// complaint the newest version. Views render from it and never decide.
import { keepNewest } from "./complaints.js";
import { emptyConnection, onConnection } from "./connection-state.js";
import { emptyDetail, onDetail } from "./detail.js";
import { onEvent } from "./events.js";
import { emptyList, onList } from "./list.js";
import { emptyLookups, onLookups } from "./lookups.js";
import { emptyPresence, onPresence } from "./presence.js";
import { onToasts } from "./toasts.js";

export const initial = Object.freeze({
  session: "unknown", // unknown, in, out
  operator: null,
  sessionProblem: null, // why nobody could say who is signed in
  epoch: null, // with seq: the cursor, how far this page has seen the stream
  seq: null,
  ownSites: undefined, // those that the operator may see, null for all, as the feed said last
  generation: 0, // moves when what was fetched can't be brought up to date by events: fetch again
  byId: {}, // complaints, each the newest version seen
  doing: [], // ids that an action of this page is under way for
  list: emptyList,
  detail: emptyDetail,
  connection: emptyConnection,
  presence: emptyPresence,
  toasts: [],
  toastsHeld: false,
  unseen: [], // ids of new complaints that nobody has had on screen
  visible: true,
  ...emptyLookups,
});

const own = {
  signed_in: (state, { operator }) => ({ ...state, session: "in", operator, sessionProblem: null }),
  unidentified: (state, { problem }) => (state.session === "unknown" ? { ...state, sessionProblem: problem } : state),
  signed_out: (state) => ({
    ...initial,
    session: "out",
    visible: state.visible,
    readiness: state.readiness,
  }),
  action_started: (state, { id }) => ({ ...state, doing: [...state.doing, id] }),
  action_ended: (state, { id }) => ({ ...state, doing: state.doing.filter((other) => other !== id) }),
  complaint_arrived: (state, { complaint }) => ({ ...state, byId: keepNewest(state.byId, [complaint]) }),
  visibility: (state, { visible }) => ({
    ...state,
    visible,
    unseen: visible ? state.unseen.filter((id) => state.list.pending.includes(id)) : state.unseen,
  }),
  event: onEvent,
};

const PARTS = [onConnection, onPresence, onList, onDetail, onLookups, onToasts];

/** Messages are {type, …}: what the socket or the poller brought, and what the page itself does. Unknown ones change nothing. */
export function reduce(state, message) {
  const mine = own[message.type];
  if (mine) return mine(state, message);
  return PARTS.reduce((after, part) => part(after, message), state);
}
