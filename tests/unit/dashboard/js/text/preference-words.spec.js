import {
  changesBetween, deliveryLine, ownTimeZone, problemsByField, quietLine, timeZones, wantedLine, withQuietHours,
} from "/static/now/js/text/preference-words.js";
import { equal } from "../expect.js";

const FRESH = {
  kinds: ["new", "assignment"],
  minimum_severity: "low",
  categories: null,
  sites: null,
  time_zone: "UTC",
  quiet_hours: null,
  digest_patience_seconds: 10,
  silent_low: false,
};

const NIGHT = { start: "22:00", end: "07:00", critical_passes: true };

function chat(title, more = {}) {
  return { id: title, title, type: "private", state: "active", state_reason: null, muted_until: null, operator: { id: "ada", name: "Ada" }, ...more };
}

export const specs = {
  "only what was changed is sent, and a part that was changed goes whole"() {
    equal(changesBetween(FRESH, { ...FRESH, kinds: ["new", "assignment"] }), {});
    const after = { ...FRESH, categories: ["noise"], quiet_hours: { ...NIGHT, critical_passes: false } };
    equal(changesBetween(FRESH, after), { categories: ["noise"], quiet_hours: { ...NIGHT, critical_passes: false } });
    equal(changesBetween(after, { ...after, categories: null, quiet_hours: null }), { categories: null, quiet_hours: null });
  },

  "quiet hours are one line"() {
    equal(quietLine(FRESH), null);
    equal(quietLine({ quiet_hours: NIGHT, time_zone: "Europe/Berlin" }), "Quiet 22:00–07:00 Europe/Berlin, critical passes");
    const all = { ...NIGHT, critical_passes: false };
    equal(quietLine({ quiet_hours: all, time_zone: "UTC" }), "Quiet 22:00–07:00 UTC, critical waits too");
  },

  "what a chat wants is one line"() {
    equal(wantedLine(FRESH), "New complaints and assignments · Every severity");
    const some = { ...FRESH, kinds: ["status"], minimum_severity: "high", categories: ["noise", "safety"], sites: ["North"] };
    equal(wantedLine(some), "Changes of status · High and above · Noise, Safety · North");
    equal(wantedLine({ ...FRESH, kinds: [], categories: [], sites: [] }), "No alerts of any kind · Every severity · No category · No site");
  },

  "how alerts arrive is told where it is out of the ordinary"() {
    equal(deliveryLine(FRESH), null);
    equal(
      deliveryLine({ digest_patience_seconds: 60, silent_low: true }),
      "A digest of what would wait longer than 60 s, low severity without a sound",
    );
  },

  "quiet hours that are switched on for the first time are of this browser's zone"() {
    const on = withQuietHours(FRESH, true, FRESH);
    equal([on.quiet_hours, on.time_zone], [NIGHT, ownTimeZone()]);
    equal(withQuietHours(on, false, FRESH), FRESH);
    const chosen = { ...FRESH, time_zone: "Asia/Tokyo" };
    equal(withQuietHours(chosen, true, chosen).time_zone, "Asia/Tokyo");
    const had = { ...FRESH, quiet_hours: { ...NIGHT, start: "20:00" } };
    equal(withQuietHours({ ...had, quiet_hours: null }, true, had), had);
  },

  "time zones are those of this browser, UTC, and the one in use"() {
    equal(["UTC", "Europe/Berlin"].every((zone) => timeZones("UTC").includes(zone)), true);
    equal(timeZones("Mars/Olympus").includes("Mars/Olympus"), true);
    equal(timeZones("UTC").length, new Set(timeZones("UTC")).size);
  },

  "a refusal is told beside its field"() {
    const errors = [
      { pointer: "/preferences/quiet_hours/end", detail: "wants a time" },
      { pointer: "/preferences/sites/0", detail: "too long" },
      { pointer: "/state", detail: "of no preference" },
    ];
    equal(problemsByField({ errors }), { quiet_hours: "Wants a time.", sites: "Too long." });
    equal(problemsByField(null), {});
  },
};
