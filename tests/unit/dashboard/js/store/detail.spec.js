import { equal } from "../expect.js";
import { complaint, event, listed, play, together } from "./cast.js";

export const specs = {
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

  "a signal about the open complaint's alerts asks for them, others don't"() {
    const signal = { type: "signal", name: "alert", complaint: "id-1", alert: { id: "a", state: "sent" } };
    const wanted = (...messages) => play(together(), ...messages).detail.wanted.alerts;
    equal([wanted(signal, signal), wanted({ ...signal, complaint: "id-2" }), wanted({ ...signal, name: "of_tomorrow" })], [2, 0, 0]);
  },
};
