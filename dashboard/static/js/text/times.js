// Times as people read them. Everything on the wire is UTC; everything on screen is the reader's own zone.
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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

function secondsBetween(earlier, later) {
  return Math.max(0, Math.round((later - earlier) / 1000));
}

/** "3 h 20 min": the two largest units of a number of seconds. */
export function span(seconds) {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) {
    const minutes = Math.floor((seconds % HOUR) / MINUTE);
    return `${Math.floor(seconds / HOUR)} h${minutes ? ` ${minutes} min` : ""}`;
  }
  const hours = Math.floor((seconds % DAY) / HOUR);
  return `${Math.floor(seconds / DAY)} d${hours ? ` ${hours} h` : ""}`;
}

/** The age of a moment, short: "now", "4 min", "3 h", "2 d", then the date. */
export function age(iso, now) {
  const then = Date.parse(iso);
  const seconds = secondsBetween(then, now);
  if (seconds < 10) return "now";
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  if (seconds < 7 * DAY) return `${Math.floor(seconds / DAY)} d`;
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dayFormat : oldDayFormat).format(then);
}

/** The same in a sentence: "4 min ago". */
export function ago(iso, now) {
  const text = age(iso, now);
  return /\d (s|min|h|d)$/.test(text) ? `${text} ago` : text;
}

/** The whole moment, with its zone, for titles. */
export function absolute(iso) {
  return absoluteFormat.format(Date.parse(iso));
}

/** The time of day, after its date where that is another day than today. */
export function clockTime(iso, now) {
  const then = new Date(iso);
  const today = then.toDateString() === new Date(now).toDateString();
  return today ? clockFormat.format(then) : `${dayFormat.format(then)}, ${clockFormat.format(then)}`;
}

/** The instants in a sentence of the server's, in the reader's own zone. */
export function withLocalTimes(text, now) {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => clockTime(iso, now));
}

/** How a due time stands: {late, text}. */
export function due(iso, now) {
  const at = Date.parse(iso);
  if (at <= now) return { late: true, text: `${span(secondsBetween(at, now))} late` };
  return { late: false, text: `in ${span(secondsBetween(now, at))}` };
}

/** Whole seconds until a moment in milliseconds, never below zero. */
export function secondsUntil(moment, now) {
  return Math.max(0, Math.ceil((moment - now) / 1000));
}
