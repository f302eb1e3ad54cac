// What happened to one complaint, events and comments in one line of time.

/** Oldest first. A comment stands for its own event; without it (not yet fetched, not to be seen) the event remains. */
export function timelineEntries(events, comments) {
  const told = new Set(comments.map(({ created_at }) => created_at));
  const facts = events
    .filter(({ name, occurred_at }) => name !== "comment_added" || !told.has(occurred_at))
    .map((event) => ({ key: `event-${event.occurred_at}-${event.name}`, at: event.occurred_at, event }));
  const words = comments.map((comment) => ({ key: `comment-${comment.id}`, at: comment.created_at, comment }));
  return [...facts, ...words].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
