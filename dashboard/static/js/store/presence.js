// Who else is here. It is told by the connection and forgotten with it: better nobody than who has left.
export const emptyPresence = Object.freeze({
  online: { count: 0, operators: [] },
  viewed: null, // the complaint that `viewers` have open
  viewers: [],
});

function told(presence, { online, complaint, operators }) {
  const known = online ? { ...presence, online } : presence;
  return complaint ? { ...known, viewed: complaint, viewers: operators } : known;
}

export function onPresence(state, message) {
  if (message.type === "presence") return { ...state, presence: told(state.presence, message) };
  const isLost = message.type === "welcome" || message.type === "connection_changed";
  return isLost && state.presence !== emptyPresence ? { ...state, presence: emptyPresence } : state;
}

/** The others who have the open complaint open, too. */
export function othersViewing({ presence, detail, operator }) {
  if (!detail.id || presence.viewed !== detail.id) return [];
  return presence.viewers.filter(({ id }) => id !== operator?.id);
}
