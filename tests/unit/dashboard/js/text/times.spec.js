import { age, ago, clockTime, due, span, withLocalTimes } from "/static/now/js/text/times.js";
import { equal } from "../expect.js";

const NOW_MS = Date.parse("2030-05-10T12:00:00Z");
const before = (seconds) => new Date(NOW_MS - seconds * 1000).toISOString();

export const specs = {
  "ages are short, and never below now"() {
    equal([0, -90, 9, 30, 300, 7200, 3 * 86_400].map((seconds) => age(before(seconds), NOW_MS)), [
      "now", "now", "now", "30 s", "5 min", "2 h", "3 d",
    ]);
  },

  "old ages are dates, and only ages are ago"() {
    equal([ago(before(300), NOW_MS), ago(before(2), NOW_MS)], ["5 min ago", "now"]);
    equal(ago(before(40 * 86_400), NOW_MS).includes("ago"), false);
  },

  "due times say how late they are"() {
    equal(due(before(-600), NOW_MS), { late: false, text: "in 10 min" });
    equal(due(before(5400), NOW_MS), { late: true, text: "1 h 30 min late" });
    equal(span(2 * 86_400 + 3 * 3600), "2 d 3 h");
  },

  "times of day name their day where it is another one, also within the server's sentences"() {
    const [today, yesterday] = [before(0), before(86_400)];
    equal(clockTime(yesterday, NOW_MS).endsWith(clockTime(today, NOW_MS)), true);
    equal(clockTime(yesterday, NOW_MS) === clockTime(today, NOW_MS), false);
    equal(withLocalTimes(`down since ${today}.`, NOW_MS), `down since ${clockTime(today, NOW_MS)}.`);
  },
};
