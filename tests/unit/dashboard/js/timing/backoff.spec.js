import { Backoff } from "/static/now/js/timing/backoff.js";
import { equal } from "../expect.js";

export const specs = {
  "back-off doubles its bound up to the cap and begins anew when it is reset"() {
    const backoff = new Backoff({ baseMs: 1000, capMs: 30_000, random: () => 1 });
    equal(Array.from({ length: 7 }, () => backoff.nextMs()), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    backoff.reset();
    equal(backoff.nextMs(), 1000);
  },

  "back-off spreads over the whole bound"() {
    const drawn = [0, 0.5];
    const backoff = new Backoff({ random: () => drawn.shift() });
    equal([backoff.nextMs(), backoff.nextMs()], [0, 1000]);
  },
};
