import { othersViewing } from "/static/now/js/store/presence.js";
import { equal } from "../expect.js";
import { bo, lost, play, together } from "./cast.js";

export const specs = {
  "who else is here is told without oneself"() {
    const state = together();
    equal([state.presence.online.count, othersViewing(state)], [2, [bo]]);
  },

  "who looks at another complaint is not shown here"() {
    const state = play(together(), { type: "presence", complaint: "id-2", operators: [bo] });
    equal(othersViewing(state), []);
  },

  "who is here is forgotten with the connection"() {
    for (const message of [lost, { type: "welcome", head: 100, epoch: "e", atMs: 0 }]) {
      const state = play(together(), message);
      equal([state.presence.online.count, othersViewing(state)], [0, []]);
    }
  },
};
