import { titleFor } from "/static/now/js/views/frame/document-title.js";
import { equal } from "../../expect.js";
import { complaint, fresh, listed, play } from "../../store/cast.js";

export const specs = {
  "the title counts what nobody has had on screen"() {
    const away = play(listed(), { type: "visibility", visible: false }, fresh(101, complaint(4)), fresh(102, complaint(5)));
    equal(titleFor(away, { name: "list" }), "(2) Complaints · Redress");
    equal(titleFor(play(away, { type: "visibility", visible: true }), { name: "list" }), "Complaints · Redress");
  },
};
