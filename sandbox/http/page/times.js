// Times as people read them, in the browser's zone. All input is Unix seconds.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export const clock = (seconds) => CLOCK.format(seconds * 1000);
export const clockWithSeconds = (seconds) => CLOCK_SECONDS.format(seconds * 1000);
export const iso = (seconds) => new Date(seconds * 1000).toISOString();
export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

export function day(seconds) {
  return dayKey(seconds) === new Date().toDateString() ? "Today" : DAY.format(seconds * 1000);
}

// For a list: the clock today, the date before.
export function brief(seconds) {
  return dayKey(seconds) === new Date().toDateString() ? clock(seconds) : SHORT_DAY.format(seconds * 1000);
}
