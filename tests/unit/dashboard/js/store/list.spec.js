import { NO_FILTERS } from "/static/now/js/routing/list-filters.js";
import { equal } from "../expect.js";
import { complaint, event, fresh, listed, page, play } from "./cast.js";

export const specs = {
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

  "a change below what was loaded does not open a hole in the list"() {
    const state = play(listed({ next: "cursor" }), event(101, complaint(0, { version: 2 })));
    equal(state.list.ids.includes("id-0"), false);
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
};
