// What a chat wants to be told, in words; and what of it was changed.
import { problemsUnder } from "./problem.js";
import { ALERT_KINDS } from "./served-words.js";
import { capital, inWords } from "./words.js";

/** kind of alert → what it is about, of those that a chat may choose. */
export const KINDS = Object.fromEntries(
  Object.entries(ALERT_KINDS).filter(([, { choice }]) => choice).map(([kind, { choice }]) => [kind, capital(choice)]),
);

export const MINIMUMS = {
  low: "Every severity",
  medium: "Medium and above",
  high: "High and above",
  critical: "Critical only",
};

/** Digests that come soon are nobody's news; from here on the wait is told. */
const USUAL_PATIENCE_SECONDS = 10;

/** The preferences that differ, whole: what the API merges into those that it has. */
export function changesBetween(before, after) {
  const isChanged = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(after).filter(isChanged));
}

/** "Quiet 22:00–07:00 Europe/Berlin, critical passes"; null without quiet hours. */
export function quietLine({ quiet_hours: quiet, time_zone: zone }) {
  if (!quiet) return null;
  return `Quiet ${quiet.start}–${quiet.end} ${zone}, ${quiet.critical_passes ? "critical passes" : "critical waits too"}`;
}

/** "New complaints and assignments · High and above · Noise, Safety · North". */
export function wantedLine({ kinds, minimum_severity: minimum, categories, sites }) {
  const wanted = Object.keys(KINDS).filter((kind) => kinds.includes(kind));
  return [
    wanted.length ? capital(inWords(wanted.map((kind) => KINDS[kind].toLowerCase()))) : "No alerts of any kind",
    MINIMUMS[minimum],
    categories && (categories.map(capital).join(", ") || "No category"),
    sites && (sites.join(", ") || "No site"),
  ].filter(Boolean).join(" · ");
}

/** How alerts arrive, where that is out of the ordinary; null where it is not. */
export function deliveryLine({ digest_patience_seconds: patienceSeconds, silent_low: silent }) {
  const parts = [
    patienceSeconds !== USUAL_PATIENCE_SECONDS && `a digest of what would wait longer than ${patienceSeconds} s`,
    silent && "low severity without a sound",
  ].filter(Boolean);
  return parts.length ? capital(parts.join(", ")) : null;
}

/** {preference → text} for what a refusal says: what is about a part of one is about that one. */
export function problemsByField(problem) {
  const found = Object.entries(problemsUnder(problem, "/preferences/"));
  return Object.fromEntries(found.map(([field, text]) => [field.split("/")[0], text]));
}

/** IANA's names as this browser knows them, and those in use. */
export function timeZones(current) {
  const all = Intl.supportedValuesOf("timeZone");
  return [...new Set(["UTC", ...(all.includes(current) ? [] : [current]), ...all])];
}

export function ownTimeZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export const FIRST_QUIET_HOURS = Object.freeze({ start: "22:00", end: "07:00", critical_passes: true });

/** Switching quiet hours on for the first time offers the browser's own zone, for nobody's night is UTC's by choice. */
export function withQuietHours(preferences, on, before) {
  if (!on) return { ...preferences, quiet_hours: null, time_zone: before.time_zone };
  const zone = before.quiet_hours || preferences.time_zone !== "UTC" ? preferences.time_zone : ownTimeZone();
  return { ...preferences, quiet_hours: before.quiet_hours ?? FIRST_QUIET_HOURS, time_zone: zone };
}
