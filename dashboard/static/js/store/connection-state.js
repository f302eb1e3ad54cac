// The sign of the connection, and the cursor as whoever feeds the page moves it.
import { emptyDetail } from "./detail.js";
import { emptyList } from "./list.js";

const STALE_AFTER_MS = 45_000; // a server that lives is heard every 25 s; 20 s are its margin

export const emptyConnection = Object.freeze({
  state: "connecting", // connecting, catching_up (behind), live, polling, waiting, offline, stopped
  retryAtMs: null,
  reason: null,
  missed: 0, // events of a replay so far, told in one sentence once it is through
  missedNew: 0,
  catchUps: 0, // how often the page came to be up to date
  heardAtMs: null, // when what is on screen was last known to be so
  stale: false, // that is too long ago
});

/** Is everything on screen that has happened, and does the rest come by itself? */
export function isCurrent({ state }) {
  return state === "live" || state === "polling";
}

function advanced(state, head) {
  return head !== undefined && head !== null && (state.seq === null || head > state.seq) ? { seq: head } : {};
}

function heard(connection, atMs) {
  return { ...connection, heardAtMs: atMs, stale: false };
}

function current(connection, name, atMs) {
  return { ...heard(connection, atMs), state: name, retryAtMs: null, reason: null, catchUps: connection.catchUps + (isCurrent(connection) ? 0 : 1) };
}

/** What was fetched can't be brought up to date: fetch again, and go on from the server's head. */
function anew(state, { head, atMs, by = "live", epoch = state.epoch, sites = state.ownSites }) {
  const connection = { ...current(state.connection, by, atMs), missed: 0, missedNew: 0 };
  const next = { ...state, seq: head, epoch, ownSites: sites, connection, generation: state.generation + 1 };
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

/** While the page was away the operator was given other sites: no event tells what that shows and hides. */
export function haveChanged(known, sites) {
  return known !== undefined && JSON.stringify(known) !== JSON.stringify(sites);
}

/** Where no cursor was known, a list under way may have been read before the head that is now gone on from. */
function isToBeRead(state, sites) {
  return haveChanged(state.ownSites, sites) || (state.seq === null && state.list.state.startsWith("loading"));
}

function withSites(state, sites) {
  return { ...state, ownSites: sites, generation: state.generation + (isToBeRead(state, sites) ? 1 : 0) };
}

function grownOld(state, { atMs }) {
  const { connection } = state;
  if (state.session !== "in") return state;
  if (connection.heardAtMs === null || atMs < connection.heardAtMs) return { ...state, connection: { ...connection, heardAtMs: atMs } };
  return !connection.stale && atMs - connection.heardAtMs > STALE_AFTER_MS ? { ...state, connection: { ...connection, stale: true } } : state;
}

const handlers = {
  connection_changed: (state, { state: name, retryAtMs = null, reason = null }) => ({
    ...state,
    connection: { ...state.connection, state: name, retryAtMs, reason },
  }),
  welcome: (state, { epoch, head, sites = state.ownSites }) => ({
    ...withSites(state, sites),
    ...(state.seq === null ? { seq: head, epoch } : {}),
    connection: { ...state.connection, state: "catching_up", missed: 0, missedNew: 0, retryAtMs: null, reason: null },
  }),
  connection_renewed: (state, { sites = state.ownSites }) => withSites(state, sites),
  live: (state, { head, atMs }) => ({ ...state, ...advanced(state, head), connection: current(state.connection, "live", atMs) }),
  polled: (state, { head, more, atMs, sites = state.ownSites }) => ({
    ...state,
    ownSites: sites,
    ...advanced(state, head),
    connection: more ? state.connection : current(state.connection, "polling", atMs),
  }),
  ping: (state, message) => {
    if (message.epoch && state.epoch && message.epoch !== state.epoch) return anew(state, message);
    return { ...state, ...advanced(state, message.head), connection: heard(state.connection, message.atMs) };
  },
  resync: anew,
  tick: grownOld,
};

export function onConnection(state, message) {
  return handlers[message.type]?.(state, message) ?? state;
}
