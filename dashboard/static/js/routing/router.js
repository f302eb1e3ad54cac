// Addresses to routes and back. Links stay links: only a plain click on one of ours is taken over.
import { signal } from "@preact/signals";
import { parseStates } from "../text/alert-words.js";
import { parseFilters } from "./list-filters.js";

/** What an address shows: {name, …}. Unknown addresses are never served the shell, so the list is the rest. */
export function match(url) {
  const { pathname, searchParams, hash } = url;
  const complaint = /^\/complaints\/([^/]+)$/.exec(pathname);
  if (complaint) return { name: "complaint", reference: decoded(complaint[1]) };
  if (pathname === "/alerts") return { name: "alerts", states: parseStates(searchParams) };
  if (pathname === "/categories") return { name: "categories" };
  if (pathname === "/telegram") return { name: "telegram" };
  if (pathname === "/sign-in") return { name: "sign-in", next: safeNext(searchParams.get("next")) };
  if (pathname === "/forgot") return { name: "forgot" };
  if (pathname === "/reset") return { name: "reset", token: hash.slice(1) };
  if (pathname === "/invitation") return { name: "invitation", token: hash.slice(1) };
  return { name: "list", filters: parseFilters(searchParams) };
}

/** What somebody mistyped or cut short is shown as it is: the page then says that there is no such complaint. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Only an address of our own may follow the sign-in, and still be one when it is read again. */
export function safeNext(next) {
  const origin = "https://own.invalid";
  if (!next?.startsWith("/") || !URL.canParse(next, origin)) return "/";
  const url = new URL(next, origin);
  const isOwn = url.origin === origin && !url.pathname.startsWith("//");
  return isOwn && url.pathname !== "/sign-in" ? url.pathname + url.search : "/";
}

export function signInAddress(from) {
  return from === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(from)}`;
}

function isOurs(link, event) {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const stays = link.origin === location.origin && !link.target && !link.hasAttribute("download");
  return plain && stays && !link.pathname.startsWith("/static/") && !link.pathname.startsWith("/api/");
}

const OUTSIDE = new Set(["sign-in", "invitation", "reset", "forgot"]);

/** Pages for who has not signed in (yet). */
export function isOutside({ name }) {
  return OUTSIDE.has(name);
}

export class Router {
  #controller = null;

  constructor() {
    this.route = signal(match(new URL(location.href)));
  }

  start() {
    this.#controller = new AbortController();
    const { signal: stopped } = this.#controller;
    history.scrollRestoration = "manual";
    addEventListener("popstate", () => this.#read(), { signal: stopped });
    document.addEventListener("click", (event) => this.#click(event), { signal: stopped });
    this.#read();
  }

  stop() {
    this.#controller?.abort();
  }

  go(address, { replace = false } = {}) {
    if (!replace) {
      history.replaceState({ scrollPx: scrollY }, "");
      history.pushState(null, "", address);
    } else history.replaceState(null, "", address);
    this.#read();
  }

  #click(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || link.hash || !isOurs(link, event)) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }

  #read() {
    this.route.value = match(new URL(location.href));
  }
}
