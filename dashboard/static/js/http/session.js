// The session lives in HttpOnly cookies; what the page can see of it is the readable CSRF cookies beside them.
import { problemFrom, unreachable } from "../text/problem.js";

const LOCK = "redress-refresh";
const TIMEOUT_MS = 20_000;

/** Of an address of https the names begin with `__Host-`, which nobody but this host can set. */
function readCookie(name) {
  const parts = document.cookie.split("; ");
  const found = [`__Host-${name}=`, `${name}=`].flatMap((start) => parts.filter((part) => part.startsWith(start)))[0];
  return found ? decodeURIComponent(found.slice(found.indexOf("=") + 1)) : "";
}

export function accessCsrfToken() {
  return readCookie("csrf_access_token");
}

/** Runs `work` in one tab at a time. Without Web Locks (plain http by address) tabs can't be told apart: it just runs. */
function alone(work) {
  return navigator.locks ? navigator.locks.request(LOCK, work) : work();
}

async function refreshOnce(usedCsrfToken, timeoutMs) {
  const current = accessCsrfToken();
  if (current && current !== usedCsrfToken) return true;
  const refreshCsrfToken = readCookie("csrf_refresh_token");
  if (!refreshCsrfToken) return false;
  const response = await fetch("/api/v1/auth/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-TOKEN": refreshCsrfToken },
    body: "{}",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => {
    throw unreachable();
  });
  if (response.ok) return true;
  if (response.status < 500 && response.status !== 429) return false;
  throw await problemFrom(response);
}

export class Session {
  #timeoutMs;
  #running = null;

  /** `timeoutMs`: how long the server has to answer, for every other tab waits meanwhile. */
  constructor({ timeoutMs = TIMEOUT_MS } = {}) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Rotates the tokens, unless somebody (another call, another tab) already did since `usedCsrfToken` was read: an old
   * refresh token used twice would revoke the session. False: the session is over. Throws where nobody can know.
   */
  refresh(usedCsrfToken) {
    this.#running ??= alone(() => refreshOnce(usedCsrfToken, this.#timeoutMs)).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }
}
