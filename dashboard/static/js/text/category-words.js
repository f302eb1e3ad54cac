// What follows where nobody acknowledges a complaint of a category, in words; and what of it was changed.
import { span } from "./times.js";
import { SEVERITIES, capital, plural } from "./words.js";

/** Minutes to acknowledge where a category says nothing of its own. */
export const USUAL_MINUTES = Object.freeze({ critical: 15, high: 60, medium: 480, low: 4320 });
export const MOST_MINUTES = 43_200;
export const MOST_TIMES = 20;

const SETTINGS = ["ack_minutes", "reminders", "escalations", "repeat_minutes"];

export function settingsOf(category) {
  return Object.fromEntries(SETTINGS.map((name) => [name, category[name]]));
}

export function minutesFor({ ack_minutes: own }, severity) {
  return own[severity] ?? USUAL_MINUTES[severity];
}

/** "Critical 15 min, High 1 h, Medium 8 h, Low 3 d". */
export function timesLine(category) {
  return SEVERITIES.map((severity) => `${capital(severity)} ${span(minutesFor(category, severity) * 60)}`).join(", ");
}

/** "Then 2 reminders and 1 escalation, 30 min apart". */
export function afterwardsLine({ reminders, escalations, repeat_minutes: apartMinutes }) {
  const parts = [reminders && plural(reminders, "reminder"), escalations && plural(escalations, "escalation")].filter(Boolean);
  if (!parts.length) return "Then nothing: nobody is reminded";
  const pause = apartMinutes === null ? "each after the same time" : `${span(apartMinutes * 60)} apart`;
  return `Then ${parts.join(" and ")}${reminders + escalations > 1 ? `, ${pause}` : ""}`;
}

/** The same with a severity's own minutes, or the usual ones for null. */
export function withMinutes(settings, severity, minutes) {
  const { [severity]: _, ...others } = settings.ack_minutes;
  return { ...settings, ack_minutes: minutes === null ? others : { ...others, [severity]: minutes } };
}
