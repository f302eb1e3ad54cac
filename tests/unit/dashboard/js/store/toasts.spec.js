import { equal } from "../expect.js";
import { complaint, event, fresh, listed, play } from "./cast.js";

export const specs = {
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
};
