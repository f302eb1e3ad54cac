// One door to the API: cookies, CSRF, one retry after a refresh (ours, or another tab's in between), problems as errors.
import { Problem, problemFrom, unreachable } from "../text/problem.js";
import { accessCsrfToken } from "./session.js";

const ROOT = "/api/v1";
const TIMEOUT_MS = 20_000;

export class Api {
  #session;
  #onSignedOut;
  #abort = new AbortController();

  constructor({ session, onSignedOut }) {
    this.#session = session;
    this.#onSignedOut = onSignedOut;
  }

  get(path) {
    return this.#call("GET", path);
  }

  post(path, body = {}, headers = {}) {
    return this.#call("POST", path, body, headers);
  }

  put(path, body, headers = {}) {
    return this.#call("PUT", path, body, headers);
  }

  patch(path, body, headers = {}) {
    return this.#call("PATCH", path, body, headers);
  }

  delete(path, headers = {}) {
    return this.#call("DELETE", path, undefined, headers);
  }

  /** Health is outside the prefix, and its 503 carries the same body as its 200. */
  async readiness() {
    const response = await this.#send("/readyz", {});
    return response.json();
  }

  /** Abandons everything under way; what comes afterwards starts anew. */
  abandon() {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async #call(method, path, body, headers = {}) {
    const csrfToken = accessCsrfToken();
    let response = await this.#once(method, path, body, headers);
    if (response.status === 403 && csrfToken !== accessCsrfToken()) response = await this.#once(method, path, body, headers);
    if (response.status === 401 && path !== "/auth/login") {
      if (await this.#session.refresh(csrfToken)) response = await this.#once(method, path, body, headers);
      if (response.status === 401) {
        this.#onSignedOut();
        throw await problemFrom(response);
      }
    }
    if (!response.ok) throw await problemFrom(response);
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  }

  #once(method, path, body, extra) {
    const headers = { Accept: "application/json", ...extra };
    if (method !== "GET") headers["X-CSRF-TOKEN"] = accessCsrfToken();
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return this.#send(ROOT + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  async #send(url, options) {
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      return await fetch(url, { ...options, signal, cache: "no-store" });
    } catch (error) {
      if (error.name === "AbortError") throw new Problem({ status: 0, code: "abandoned" });
      throw unreachable();
    }
  }
}

/** A query string from pairs; several values are the parameter again, what is empty is left out. */
export function query(pairs) {
  const said = Object.entries(pairs)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
    .filter(([, value]) => value !== null && value !== "");
  return `?${new URLSearchParams(said)}`;
}
