import { afterwardsLine, settingsOf, timesLine, withMinutes } from "/static/now/js/text/category-words.js";
import { problemsUnder } from "/static/now/js/text/problem.js";
import { equal } from "../expect.js";

const USUAL = { name: "noise", ack_minutes: {}, reminders: 2, escalations: 1, repeat_minutes: null, created_at: "…" };

export const specs = {
  "times to acknowledge are told for every severity, the usual ones too"() {
    equal(timesLine(USUAL), "Critical 15 min, High 1 h, Medium 8 h, Low 3 d");
    equal(timesLine({ ...USUAL, ack_minutes: { critical: 5, low: 90 } }), "Critical 5 min, High 1 h, Medium 8 h, Low 1 h 30 min");
  },

  "what follows is one sentence"() {
    equal(afterwardsLine(USUAL), "Then 2 reminders and 1 escalation, each after the same time");
    equal(afterwardsLine({ reminders: 0, escalations: 1, repeat_minutes: 30 }), "Then 1 escalation");
    equal(afterwardsLine({ reminders: 3, escalations: 0, repeat_minutes: 30 }), "Then 3 reminders, 30 min apart");
    equal(afterwardsLine({ reminders: 0, escalations: 0, repeat_minutes: null }), "Then nothing: nobody is reminded");
  },

  "an empty field means the usual time"() {
    const own = withMinutes(settingsOf(USUAL), "critical", 5);
    equal(own, { ack_minutes: { critical: 5 }, reminders: 2, escalations: 1, repeat_minutes: null });
    equal(withMinutes(own, "critical", null), settingsOf(USUAL));
  },

  "refusals are found by what they point to"() {
    const errors = [{ pointer: "/ack_minutes/critical", detail: "too small" }, { pointer: "", detail: "of the whole" }];
    equal(problemsUnder({ errors }, "/"), { "ack_minutes/critical": "Too small." });
  },
};
