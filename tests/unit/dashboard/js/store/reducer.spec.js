import { NO_FILTERS } from "/static/now/js/routing/list-filters.js";
import { equal } from "../expect.js";
import { complaint, event, fresh, listed, play } from "./cast.js";

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

  "what an operator may no longer see is gone"() {
    const state = play(listed(), event(101, { id: "id-2" }, { name: "removed" }));
    equal([state.list.ids, state.byId["id-2"]], [["id-3", "id-1"], undefined]);
  },

  "signing out forgets everything but what everybody may know"() {
    const checks = { telegram: { status: "off" } };
    const state = play(listed(), { type: "readiness", checks }, { type: "signed_out" });
    equal(state.readiness, checks);
    equal([state.session, state.operator, state.seq, state.list.ids, state.toasts], ["out", null, null, [], []]);
  },
};
