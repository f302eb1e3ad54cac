import { staleLine } from "/static/now/js/views/frame/connection-sign.js";
import { equal } from "../../expect.js";

export const specs = {
  "stale is said with the time of what is on screen, and why"() {
    const stale = { stale: true, heardAtMs: Date.now(), state: "waiting" };
    equal(/^There is no connection to the server\. What is on screen is as of \S.*\d\d/.test(staleLine(stale, Date.now())), true);
    equal(staleLine({ ...stale, state: "offline" }, Date.now()).startsWith("This device has no network."), true);
    equal(staleLine({ ...stale, stale: false }, Date.now()), null);
  },
};
