import { query } from "/static/now/js/http/api.js";
import { atAnyTime, listAddress, matches, NO_FILTERS, parseFilters, toggled } from "/static/now/js/routing/list-filters.js";
import { match } from "/static/now/js/routing/router.js";
import { equal } from "../expect.js";

const NOW_MS = Date.parse("2030-05-10T12:00:00Z");
const before = (seconds) => new Date(NOW_MS - seconds * 1000).toISOString();
const search = (text) => new URLSearchParams(text);
const route = (path) => match(new URL(path, "http://localhost"));

export const specs = {
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

  "a site with commas survives the address, alone and among others"() {
    for (const site of [["Hall 3, East"], ["Hall 3, East", "North"], ["North", "South"]]) {
      const filters = { ...NO_FILTERS, site };
      equal(route(listAddress(filters)).filters, filters);
    }
    equal(listAddress({ ...NO_FILTERS, site: ["North", "South"] }), "/?site=North,South");
  },

  "several values are asked for one by one"() {
    const pairs = { ...NO_FILTERS, status: ["reported", "on_hold"], site: ["Hall 3, East"], limit: 5, cursor: null };
    equal(query(pairs), "?status=reported&status=on_hold&site=Hall+3%2C+East&limit=5");
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
};
