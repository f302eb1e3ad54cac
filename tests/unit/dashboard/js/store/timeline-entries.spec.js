import { timelineEntries } from "/static/now/js/store/timeline-entries.js";
import { equal } from "../expect.js";

const NOW_MS = Date.parse("2030-05-10T12:00:00Z");
const before = (seconds) => new Date(NOW_MS - seconds * 1000).toISOString();

export const specs = {
  "a comment takes the place of its event, in the order of time"() {
    const events = [
      { name: "new_complaint", occurred_at: before(90) },
      { name: "comment_added", occurred_at: before(60) },
      { name: "comment_added", occurred_at: before(10) },
      { name: "status_update", occurred_at: before(30) },
    ];
    const shown = timelineEntries(events, [{ id: "c", created_at: before(60) }]);
    equal(shown.map(({ event, comment }) => event?.name ?? comment.id), ["new_complaint", "c", "status_update", "comment_added"]);
  },
};
