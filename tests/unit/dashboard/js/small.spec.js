import { atAnyTime, listAddress, matches, NO_FILTERS, parseFilters, toggled } from "/static/now/js/routing/list-filters.js";
import { match, safeNext } from "/static/now/js/routing/router.js";
import { activity } from "/static/now/js/store/timeline-entries.js";
import { age, ago, clockTime, due, span, withLocalTimes } from "/static/now/js/text/times.js";
import { deed, initials, stepsFrom } from "/static/now/js/text/words.js";
import { Backoff } from "/static/now/js/timing/backoff.js";
import { equal } from "./expect.js";

const NOW = Date.parse("2030-05-10T12:00:00Z");
const before = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const search = (text) => new URLSearchParams(text);
const route = (path) => match(new URL(path, "http://localhost"));

export const specs = {
  "back-off doubles its bound up to the cap and begins anew when it is reset"() {
    const backoff = new Backoff({ base: 1000, cap: 30_000, random: () => 1 });
    equal(Array.from({ length: 7 }, () => backoff.next()), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    backoff.reset();
    equal(backoff.next(), 1000);
  },

  "back-off spreads over the whole bound"() {
    const drawn = [0, 0.5];
    const backoff = new Backoff({ random: () => drawn.shift() });
    equal([backoff.next(), backoff.next()], [0, 1000]);
  },

  "ages are short, and never below now"() {
    equal([0, -90, 9, 30, 300, 7200, 3 * 86_400].map((seconds) => age(before(seconds), NOW)), [
      "now", "now", "now", "30 s", "5 min", "2 h", "3 d",
    ]);
  },

  "old ages are dates, and only ages are ago"() {
    equal([ago(before(300), NOW), ago(before(2), NOW)], ["5 min ago", "now"]);
    equal(ago(before(40 * 86_400), NOW).includes("ago"), false);
  },

  "due times say how late they are"() {
    equal(due(before(-600), NOW), { late: false, text: "in 10 min" });
    equal(due(before(5400), NOW), { late: true, text: "1 h 30 min late" });
    equal(span(2 * 86_400 + 3 * 3600), "2 d 3 h");
  },

  "times of day name their day where it is another one, also within the server's sentences"() {
    const [today, yesterday] = [before(0), before(86_400)];
    equal(clockTime(yesterday, NOW).endsWith(clockTime(today, NOW)), true);
    equal(clockTime(yesterday, NOW) === clockTime(today, NOW), false);
    equal(withLocalTimes(`down since ${today}.`, NOW), `down since ${clockTime(today, NOW)}.`);
  },

  "filters survive the address, unknown words don't"() {
    const filters = parseFilters(search("status=resolved,reported&severity=critical&severity=nonsense"));
    equal(filters, { ...NO_FILTERS, status: ["reported", "resolved"], severity: ["critical"] });
    equal(parseFilters(new URL(listAddress(filters), "http://localhost").searchParams), filters);
  },

  "open is the short form of the four open statuses"() {
    const filters = parseFilters(search("status=open"));
    equal(filters.status, ["reported", "acknowledged", "in_progress", "on_hold"]);
    equal(listAddress(filters), "/?status=open");
  },

  "a filter is put in and taken out"() {
    const once = toggled(NO_FILTERS, "severity", "low");
    equal(once.severity, ["low"]);
    equal(toggled(once, "severity", "low").severity, []);
    equal(toggled(toggled(NO_FILTERS, "site", "Zoo"), "site", "Annex").site, ["Zoo", "Annex"]);
  },

  "an address of a digest is read and said as it was, what is no time is left out"() {
    const address = "/?status=reported&category=noise&site=Mill%20Lane%204&created_after=2030-05-10T11:59:59.999Z";
    const filters = route(address).filters;
    equal(filters, {
      ...NO_FILTERS,
      status: ["reported"],
      category: ["noise"],
      site: ["Mill Lane 4"],
      created_after: "2030-05-10T11:59:59.999Z",
    });
    equal(listAddress(filters), address);
    equal(listAddress(atAnyTime(filters)), "/?status=reported&category=noise&site=Mill%20Lane%204");
    equal(parseFilters(search("created_before=yesterday&site=,&category=")), NO_FILTERS);
  },

  "a complaint must match every kind of filter"() {
    const filters = { ...NO_FILTERS, status: ["reported"], severity: ["high"], site: ["North"] };
    equal(matches(filters, { status: "reported", severity: "high", site: "North" }), true);
    equal(matches(filters, { status: "reported", severity: "low", site: "North" }), false);
    equal(matches(filters, { status: "reported", severity: "high", site: null }), false);
  },

  "a complaint must be of the time that is asked for, its ends not counted"() {
    const span = { ...NO_FILTERS, created_after: before(60), created_before: before(10) };
    const fits = [90, 60, 30, 10, 5].map((seconds) => matches(span, { created_at: before(seconds) }));
    equal(fits, [false, false, true, false, false]);
  },

  "addresses become routes"() {
    equal(route("/complaints/RD-7K2M9QXA"), { name: "complaint", reference: "RD-7K2M9QXA" });
    equal(route("/telegram").name, "telegram");
    equal(route("/?status=on_hold").filters.status, ["on_hold"]);
    equal(route("/sign-in?next=%2Ftelegram").next, "/telegram");
  },

  "nothing but an own address may follow the sign-in"() {
    const hostile = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in", null];
    equal(hostile.map(safeNext), ["/", "/", "/", "/", "/", "/"]);
    equal(safeNext("/complaints/RD-1?x=1"), "/complaints/RD-1?x=1");
  },

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

  "a comment takes the place of its event, in the order of time"() {
    const events = [
      { name: "new_complaint", occurred_at: before(90) },
      { name: "comment_added", occurred_at: before(60) },
      { name: "comment_added", occurred_at: before(10) },
      { name: "status_update", occurred_at: before(30) },
    ];
    const shown = activity(events, [{ id: "c", created_at: before(60) }]);
    equal(shown.map(({ event, comment }) => event?.name ?? comment.id), ["new_complaint", "c", "status_update", "comment_added"]);
  },
};
