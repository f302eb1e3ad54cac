import { actorName, deed, headline, initials, stepsFrom } from "/static/now/js/text/words.js";
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

  "what a program did reads as what a person did"() {
    const kiosk = { kind: "api_client", id: "2", name: "Kiosk" };
    equal(deed({ name: "assignment_update", actor: kiosk, data: { assignee: { id: "1", name: "Kofi" } } }), "assigned this to Kofi");
    equal([actorName(kiosk), actorName({ kind: "api_client" })], ["Kiosk", "An API client"]);
  },

  "a name from right to left turns nothing beside it, in a sentence either"() {
    const noa = { id: "1", name: "נועה" };
    equal(deed({ name: "assignment_update", data: { assignee: noa } }), "assigned this to \u2068נועה\u2069");
    equal(actorName(noa), "\u2068נועה\u2069");
    equal(actorName({ name: "\u202eKofi\u2069" }), "Kofi");
    equal(initials(actorName({ name: "נועה כהן" })), "נכ");
  },

  "a headline is one line, whatever breaks lines"() {
    const lines = ["It leaks\nfast", "It leaks\r\nfast", " It leaks\u2028fast", "It leaks\u0085fast", "It \u202eleaks"];
    equal(lines.map((description) => headline({ description })), lines.map(() => "It leaks"));
  },
};
