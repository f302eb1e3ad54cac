// Short notices of what just happened. Their life is counted by the page's clock, which sends `tick`.
import { actorName, deed, headline, plural } from "../text/words.js";

const LIFE_MS = 8000;
const LIFE_CRITICAL_MS = 20_000;
const MOST = 20;

/** Was it done on this very page? What the same operator does elsewhere (Telegram, another tab) is news. */
function isOwnAction({ operator, doing, byId }, { actor, data }) {
  if (!actor?.id || actor.id !== operator?.id) return false;
  return doing.includes(data.id) || byId[data.id]?.version >= data.version;
}

/** The notice for a live event, or null: comments, and what was done on this page, are no news. */
export function toastFor(state, event) {
  const { name, data, actor, seq, atMs } = event;
  const { operator } = state;
  if (!["new_complaint", "status_update", "assignment_update"].includes(name)) return null;
  if (name !== "new_complaint" && isOwnAction(state, event)) return null;
  const isNew = name === "new_complaint";
  const forMe = name === "assignment_update" && data.assignee?.id === operator?.id;
  return {
    id: `event-${seq}`,
    kind: name,
    severity: data.severity,
    status: data.status,
    href: `/complaints/${data.reference}`,
    title: isNew ? `New ${data.severity} complaint` : `${actorName(actor)} ${forMe ? "assigned this to you" : deed(event)}`,
    text: headline(data),
    reference: data.reference,
    expiresAtMs: atMs + (data.severity === "critical" && isNew ? LIFE_CRITICAL_MS : LIFE_MS),
  };
}

export function toastsWith(toasts, toast) {
  return [toast, ...toasts].slice(0, MOST);
}

/** A notice of the page's own; one with the same id takes its place. */
function noticed(state, { id, title, text, atMs }) {
  const others = state.toasts.filter((toast) => toast.id !== id);
  return { ...state, toasts: toastsWith(others, { id, kind: "notice", title, text, expiresAtMs: atMs + LIFE_MS }) };
}

function caughtUp(state, atMs) {
  const { missed, missedNew } = state.connection;
  if (!missed) return state;
  const changes = missed - missedNew;
  const parts = [missedNew && `${missedNew} new`, changes && plural(changes, "change")].filter(Boolean);
  const connection = { ...state.connection, missed: 0, missedNew: 0 };
  return noticed({ ...state, connection }, { id: "caught-up", title: "Caught up", text: parts.join(", "), atMs });
}

const handlers = {
  live: (state, { atMs }) => caughtUp(state, atMs),
  polled: (state, { more, atMs }) => (more ? state : caughtUp(state, atMs)),
  notice: noticed,
  toast_dismissed: (state, { id }) => ({ ...state, toasts: state.toasts.filter((toast) => toast.id !== id) }),
  toasts_held: (state, { held }) => ({ ...state, toastsHeld: held }),
  tick: (state, { atMs }) => {
    if (state.toastsHeld || state.toasts.every((toast) => toast.expiresAtMs > atMs)) return state;
    return { ...state, toasts: state.toasts.filter((toast) => toast.expiresAtMs > atMs) };
  },
};

export function onToasts(state, message) {
  return handlers[message.type]?.(state, message) ?? state;
}
