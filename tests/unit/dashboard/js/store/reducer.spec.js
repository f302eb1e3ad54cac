import { NO_FILTERS } from "/static/now/js/routing/list-filters.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";
import { titleFor } from "/static/now/js/views/frame/document-title.js";
import { equal } from "../expect.js";

const play = (state, ...messages) => messages.reduce(reduce, state);

function complaint(number, more = {}) {
  const id = `id-${number}`;
  const created_at = new Date(Date.UTC(2030, 0, 1, 0, number)).toISOString();
  return { id, reference: `RD-${number}`, version: 1, status: "reported", severity: "high", description: "…", created_at, ...more };
}

function event(seq, data, more = {}) {
  return { type: "event", seq, name: "status_update", actor: { id: "kofi", name: "Kofi" }, data, changes: {}, atMs: 0, ...more };
}

const fresh = (seq, data) => event(seq, data, { name: "new_complaint" });
const page = (items, next_cursor = null) => ({ items, next_cursor, head_seq: 100, epoch: "e" });

/** Signed in, a list of complaints 1 to 3 on screen, live. */
function listed({ filters = NO_FILTERS, items = [complaint(3), complaint(2), complaint(1)], next = null } = {}) {
  return play(
    initial,
    { type: "signed_in", operator: { id: "ines", role: "agent" } },
    { type: "list_requested", filters },
    { type: "list_arrived", page: page(items, next) },
    { type: "welcome", head: 100, epoch: "e" },
    { type: "live", head: 100, atMs: 0 },
  );
}

export const specs = {
  "a page gives the cursor to subscribe after"() {
    const { seq, epoch, list } = listed();
    equal([seq, epoch, list.ids], [100, "e", ["id-3", "id-2", "id-1"]]);
  },

  "a double is dropped"() {
    const once = play(listed(), event(101, complaint(1, { version: 2, status: "resolved" })));
    equal(play(once, event(101, complaint(1, { version: 3, status: "rejected" }))) === once, true);
  },

  "an event it does not know moves the cursor and nothing else"() {
    const state = play(listed(), event(101, complaint(9), { name: "of_tomorrow" }));
    equal([state.seq, state.list.ids.length, state.toasts.length], [101, 3, 0]);
  },

  "a row keeps its newer version, whoever tells"() {
    const newer = play(listed(), { type: "complaint_arrived", complaint: complaint(1, { version: 5, status: "resolved" }) });
    const state = play(newer, event(101, complaint(1, { version: 4, status: "on_hold" })));
    equal([state.byId["id-1"].status, state.seq], ["resolved", 101]);
  },

  "what only a detail knows outlives an event"() {
    const known = play(listed(), { type: "complaint_arrived", complaint: complaint(1, { reporter: { name: "Amara" } }) });
    const state = play(known, event(101, complaint(1, { version: 2 })));
    equal([state.byId["id-1"].version, state.byId["id-1"].reporter.name], [2, "Amara"]);
  },

  "a new complaint goes in at the top when the top is on screen"() {
    equal(play(listed(), fresh(101, complaint(4))).list.ids[0], "id-4");
  },

  "a new complaint waits while somebody reads further down"() {
    const waiting = play(listed(), { type: "scrolled", atTop: false }, fresh(101, complaint(4)), fresh(102, complaint(5)));
    equal([waiting.list.ids.length, waiting.list.pending], [3, ["id-4", "id-5"]]);
    const shown = play(waiting, { type: "pending_shown" });
    equal([shown.list.ids.slice(0, 2), shown.list.pending], [["id-5", "id-4"], []]);
  },

  "a new complaint outside the filters is counted, not shown"() {
    const state = play(listed({ filters: { ...NO_FILTERS, severity: ["high"] } }), fresh(101, complaint(4, { severity: "low" })));
    equal([state.list.ids.length, state.list.outside, state.toasts.length], [3, 1, 1]);
  },

  "a row that left the filters stays where it is read until the next load"() {
    const filters = { ...NO_FILTERS, status: ["reported"] };
    const state = play(listed({ filters }), event(101, complaint(2, { version: 2, status: "resolved" })));
    equal(state.list.ids, ["id-3", "id-2", "id-1"]);
  },

  "a page that stays open keeps only what it shows"() {
    const many = Array.from({ length: 500 }, (_, index) => fresh(101 + index, complaint(10 + index, { severity: "low" })));
    const state = play(listed({ filters: { ...NO_FILTERS, severity: ["high"] } }), ...many);
    equal([Object.keys(state.byId).length, state.seq], [3, 600]);
  },

  "a list that has grown far too long begins with a fresh page"() {
    const many = Array.from({ length: 998 }, (_, index) => fresh(101 + index, complaint(10 + index)));
    equal(play(listed(), ...many.slice(0, 997)).generation, 0);
    equal(play(listed(), ...many).generation, 1);
  },

  "a change below what was loaded does not open a hole in the list"() {
    const state = play(listed({ next: "cursor" }), event(101, complaint(0, { version: 2 })));
    equal(state.list.ids.includes("id-0"), false);
  },

  "what an operator may no longer see is gone"() {
    const state = play(listed(), event(101, { id: "id-2" }, { name: "removed" }));
    equal([state.list.ids, state.byId["id-2"]], [["id-3", "id-1"], undefined]);
  },

  "an event that overtakes the answer to a request is not lost"() {
    const state = play(
      listed(),
      { type: "list_requested", filters: NO_FILTERS },
      fresh(101, complaint(4)),
      event(102, complaint(1, { version: 2, status: "resolved" })),
      { type: "list_arrived", page: page([complaint(3), complaint(2), complaint(1)]) },
    );
    equal([state.list.ids, state.byId["id-1"].status], [["id-4", "id-3", "id-2", "id-1"], "resolved"]);
  },

  "an overtaking event that left the filters is not brought back by the answer"() {
    const filters = { ...NO_FILTERS, status: ["reported"] };
    const state = play(
      listed({ filters }),
      { type: "list_requested", filters },
      event(101, complaint(2, { version: 2, status: "resolved" })),
      { type: "list_arrived", page: page([complaint(3), complaint(2), complaint(1)]) },
    );
    equal(state.list.ids, ["id-3", "id-1"]);
  },

  "more rows come below, each once"() {
    const state = play(
      listed({ next: "cursor" }),
      { type: "more_requested" },
      { type: "more_arrived", page: page([complaint(1), complaint(0)]) },
    );
    equal([state.list.ids, state.list.nextCursor, state.seq], [["id-3", "id-2", "id-1", "id-0"], null, 100]);
  },

  "pings carry the cursor of a connection that may not see everything"() {
    equal(play(listed(), { type: "ping", head: 140, epoch: "e" }).seq, 140);
    equal(play(listed(), { type: "ping", head: 90, epoch: "e" }).seq, 100);
  },

  "a resync asks for the list again and goes on from the head"() {
    const state = play(listed(), { type: "resync", head: 7000, epoch: "e", reason: "behind" });
    equal([state.seq, state.generation, state.connection.state, state.list.ids.length], [7000, 1, "live", 3]);
  },

  "another epoch forgets what was known, for versions may have gone back"() {
    const state = play(listed(), { type: "resync", head: 5, epoch: "f", reason: "epoch" });
    equal([state.seq, state.epoch, state.byId, state.list.state, state.generation], [5, "f", {}, "loading", 1]);
  },

  "a ping of another epoch is a resync"() {
    equal(play(listed(), { type: "ping", head: 5, epoch: "f" }).generation, 1);
  },

  "somebody's deeds make a notice, those of this very page do not"() {
    const data = complaint(1, { version: 2 });
    const mine = event(101, data, { actor: { id: "ines", name: "Ines" }, changes: { status: ["reported", "on_hold"] } });
    equal(play(listed(), event(101, data, { changes: { status: ["reported", "resolved"] } })).toasts[0].title, "Kofi changed the status to resolved");
    equal(play(listed(), { type: "complaint_arrived", complaint: data }, mine).toasts, []);
    equal(play(listed(), { type: "action_started", id: "id-1" }, mine).toasts, []);
    equal(play(listed(), mine).toasts[0].title, "Ines changed the status to on hold");
  },

  "an assignment to the reader says so"() {
    const data = complaint(1, { version: 2, assignee: { id: "ines", name: "Ines" } });
    equal(play(listed(), event(101, data, { name: "assignment_update" })).toasts[0].title, "Kofi assigned this to you");
  },

  "a replay is told in one notice"() {
    const cut = play(listed(), { type: "connection_changed", state: "waiting", retryAtMs: 1 }, { type: "welcome", head: 104, epoch: "e" });
    const state = play(cut, fresh(101, complaint(4)), fresh(102, complaint(5)), event(103, complaint(1, { version: 2 })), {
      type: "live", head: 104, atMs: 0,
    });
    equal(state.toasts.map(({ title, text }) => [title, text]), [["Caught up", "2 new, 1 change"]]);
    equal([state.seq, state.list.ids.slice(0, 2)], [104, ["id-5", "id-4"]]);
  },

  "notices go by themselves, but not while they are held"() {
    const shown = play(listed(), fresh(101, complaint(4)));
    equal(play(shown, { type: "tick", atMs: 7999 }).toasts.length, 1);
    equal(play(shown, { type: "tick", atMs: 8000 }).toasts.length, 0);
    equal(play(shown, { type: "toasts_held", held: true }, { type: "tick", atMs: 9000 }).toasts.length, 1);
  },

  "a critical complaint stays in sight longer"() {
    const shown = play(listed(), fresh(101, complaint(4, { severity: "critical" })));
    equal(play(shown, { type: "tick", atMs: 19_999 }).toasts.length, 1);
  },

  "the title counts what nobody has had on screen"() {
    const away = play(listed(), { type: "visibility", visible: false }, fresh(101, complaint(4)), fresh(102, complaint(5)));
    equal(titleFor(away, { name: "list" }), "(2) Complaints · Redress");
    equal(titleFor(play(away, { type: "visibility", visible: true }), { name: "list" }), "Complaints · Redress");
  },

  "the timeline of the open complaint grows, and an unnumbered event is not doubled by its number"() {
    const unnumbered = event(null, complaint(1, { version: 2 }), { occurred_at: "2030-01-01T10:00:00Z" });
    const open = play(
      listed(),
      { type: "detail_opened", reference: "RD-1" },
      { type: "detail_arrived", reference: "RD-1", id: "id-1", events: [unnumbered], comments: [] },
    );
    const state = play(open, { ...unnumbered, seq: 101 }, event(102, complaint(1, { version: 3 }), { occurred_at: "2030-01-01T10:01:00Z" }));
    equal(state.detail.events.map(({ seq }) => seq), [101, 102]);
    equal(play(state, event(103, complaint(2, { version: 2 }))).detail.events.length, 2);
  },

  "a comment's event asks for the comments, for it does not carry them"() {
    const open = play(listed(), { type: "detail_opened", reference: "RD-1" }, {
      type: "detail_arrived", reference: "RD-1", id: "id-1", events: [], comments: [],
    });
    equal(play(open, event(101, complaint(1), { name: "comment_added" })).detail.wanted.comments, 1);
  },

  "an answer about a complaint that is no longer open changes nothing"() {
    const open = play(listed(), { type: "detail_opened", reference: "RD-1" });
    equal(play(open, { type: "detail_arrived", reference: "RD-2", id: "id-2", events: [], comments: [] }).detail.state, "loading");
  },

  "signing out forgets everything but what everybody may know"() {
    const checks = { telegram: { status: "off" } };
    const state = play(listed(), { type: "readiness", checks }, { type: "signed_out" });
    equal(state.readiness, checks);
    equal([state.session, state.operator, state.seq, state.list.ids, state.toasts], ["out", null, null, [], []]);
  },
};
