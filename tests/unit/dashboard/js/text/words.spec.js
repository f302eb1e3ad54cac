import { deed, initials, stepsFrom } from "/static/now/js/text/words.js";
import { equal } from "../expect.js";

export const specs = {
  "only allowed steps are offered, and reopening wants a reason"() {
    equal(stepsFrom("reported").map(({ to }) => to), ["acknowledged", "in_progress", "resolved", "rejected"]);
    equal(stepsFrom("in_progress").map(({ to }) => to), ["resolved", "on_hold", "rejected"]);
    equal(stepsFrom("duplicate").map(({ to, reason }) => [to, reason]), [["in_progress", "required"]]);
    equal(stepsFrom("a status of tomorrow"), []);
  },

  "deeds read as sentences"() {
    const kofi = { id: "1", name: "Kofi" };
    equal(deed({ name: "status_update", changes: { status: ["reported", "on_hold"] } }), "changed the status to on hold");
    equal(deed({ name: "assignment_update", actor: kofi, data: { assignee: kofi } }), "took this");
    equal(deed({ name: "assignment_update", actor: kofi, data: { assignee: null } }), "unassigned this");
    equal([initials("Ines Moreau"), initials("Ana"), initials("")], ["IM", "A", ""]);
  },
};
