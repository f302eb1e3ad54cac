// Linked chats in words.
import { clockTime } from "./times.js";
import { inWords } from "./words.js";

const STATES = { active: "Active", muted: "Muted", unreachable: "Unreachable", left: "Left" };
const MOST_NAMED = 3;

export function stateOf({ state, muted_until: until }, nowMs) {
  return state === "muted" && until ? `Muted until ${clockTime(until, nowMs)}` : (STATES[state] ?? state);
}

/** Telegram's own words begin with its kind of error, which says nothing to people. */
function reasonOf({ state_reason: reason }) {
  return reason?.replace(/^(Forbidden|Bad Request): /, "") ?? "Telegram refuses messages to it";
}

function remedyFor({ type }) {
  return type === "private" ? "Write /start to the bot in it." : "Add the bot to it again, then write /start there.";
}

/** What somebody should know or do about the chat; null where all is well. */
export function noteOn(chat) {
  if (chat.state === "unreachable") return `Can’t be reached: ${reasonOf(chat)}. Its alerts go to others. ${remedyFor(chat)}`;
  if (chat.state === "left") return `Gets no alerts: ${chat.state_reason ?? "the bot was taken out"}. Link it again to go on.`;
  if (chat.state === "muted") return "Gets no alerts meanwhile.";
  return null;
}

function named({ title, operator }, me) {
  if (operator?.id === me) return `your chat “${title}”`;
  return operator ? `${operator.name}’s chat “${title}”` : `the chat “${title}”`;
}

/** One sentence for all chats that can't be reached; null where there are none. */
export function unreachableLine(chats, me) {
  const lost = (chats ?? []).filter(({ state }) => state === "unreachable");
  if (!lost.length) return null;
  if (lost.length === 1) {
    const [chat] = lost;
    const name = named(chat, me);
    return `${name[0].toUpperCase()}${name.slice(1)} can’t be reached: ${reasonOf(chat)}. Its alerts go to others. ${remedyFor(chat)}`;
  }
  const titles = lost.slice(0, MOST_NAMED).map(({ title }) => title);
  const rest = lost.length - titles.length;
  const names = inWords(rest ? [...titles, `${rest} more`] : titles);
  return `${lost.length} chats can’t be reached: ${names}. Their alerts go to others. Write /start to the bot in each.`;
}

/** One's own first, as they were linked. */
export function mineFirst(chats, me) {
  const isMine = ({ operator }) => operator?.id === me;
  return [...chats.filter(isMine), ...chats.filter((chat) => !isMine(chat))];
}
