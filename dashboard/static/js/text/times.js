// Times as people read them. Everything on the wire is UTC; everything on screen is the reader's own zone.
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

const absoluteFormat = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
});
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const oldDayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

function secondsBetween(earlierMs, laterMs) {
  return Math.max(0, Math.round((laterMs - earlierMs) / 1000));
}

/** "3 h 20 min": the two largest units of a number of seconds. */
export function span(seconds) {
  if (seconds < MINUTE_SECONDS) return `${seconds} s`;
  if (seconds < HOUR_SECONDS) return `${Math.floor(seconds / MINUTE_SECONDS)} min`;
  if (seconds < DAY_SECONDS) {
    const minutes = Math.floor((seconds % HOUR_SECONDS) / MINUTE_SECONDS);
    return `${Math.floor(seconds / HOUR_SECONDS)} h${minutes ? ` ${minutes} min` : ""}`;
  }
  const hours = Math.floor((seconds % DAY_SECONDS) / HOUR_SECONDS);
  return `${Math.floor(seconds / DAY_SECONDS)} d${hours ? ` ${hours} h` : ""}`;
}

/** The age of a moment, short: "now", "4 min", "3 h", "2 d", then the date. */
export function age(iso, nowMs) {
  const thenMs = Date.parse(iso);
  const seconds = secondsBetween(thenMs, nowMs);
  if (seconds < 10) return "now";
  if (seconds < MINUTE_SECONDS) return `${seconds} s`;
  if (seconds < HOUR_SECONDS) return `${Math.floor(seconds / MINUTE_SECONDS)} min`;
  if (seconds < DAY_SECONDS) return `${Math.floor(seconds / HOUR_SECONDS)} h`;
  if (seconds < 7 * DAY_SECONDS) return `${Math.floor(seconds / DAY_SECONDS)} d`;
  const sameYear = new Date(thenMs).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? dayFormat : oldDayFormat).format(thenMs);
}

/** The same in a sentence: "4 min ago". */
export function ago(iso, nowMs) {
  const text = age(iso, nowMs);
  return /\d (s|min|h|d)$/.test(text) ? `${text} ago` : text;
}

/** The whole moment, with its zone, for titles. */
export function absolute(iso) {
  return absoluteFormat.format(Date.parse(iso));
}

/** The time of day, after its date where that is another day than today. */
export function clockTime(iso, nowMs) {
  const then = new Date(iso);
  const today = then.toDateString() === new Date(nowMs).toDateString();
  return today ? clockFormat.format(then) : `${dayFormat.format(then)}, ${clockFormat.format(then)}`;
}

/** The instants in a sentence of the server's, in the reader's own zone. */
export function withLocalTimes(text, nowMs) {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => clockTime(iso, nowMs));
}

/** How a due time stands: {late, text}. */
export function due(iso, nowMs) {
  const atMs = Date.parse(iso);
  if (atMs <= nowMs) return { late: true, text: `${span(secondsBetween(atMs, nowMs))} late` };
  return { late: false, text: `in ${span(secondsBetween(nowMs, atMs))}` };
}

/** Whole seconds until a moment in milliseconds, never below zero. */
export function secondsUntil(momentMs, nowMs) {
  return Math.max(0, Math.ceil((momentMs - nowMs) / 1000));
}
