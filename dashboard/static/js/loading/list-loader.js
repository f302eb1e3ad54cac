// Fetches the list that the address asks for, and again where events can't bring it up to date.
import { query } from "../http/api.js";
import { listAddress } from "../routing/list-filters.js";
import { Subscriptions } from "./subscriptions.js";

const PAGE_ROWS = 50;

export class ListLoader {
  #api;
  #state;
  #dispatch;
  #route;
  #subscriptions = new Subscriptions();
  #loadedKey = null;

  constructor({ api, state, dispatch, route }) {
    this.#api = api;
    this.#state = state;
    this.#dispatch = dispatch;
    this.#route = route;
  }

  start() {
    this.#subscriptions.watch(() => wantedKey(this.#state.value, this.#route.value), (key) => this.#loadOnce(key));
  }

  stop() {
    this.#subscriptions.end();
    this.#loadedKey = null;
  }

  async load() {
    const { filters } = this.#route.peek();
    this.#dispatch({ type: "list_requested", filters });
    await this.#fill(filters, null, "list_arrived");
  }

  async loadMore() {
    const { filters, nextCursor } = this.#state.peek().list;
    this.#dispatch({ type: "more_requested" });
    await this.#fill(filters, nextCursor, "more_arrived");
  }

  /** Going back to the list shows it as events have kept it. */
  #loadOnce(key) {
    if (key === this.#loadedKey) return null;
    if (key === null) return this.#forgetOnceSignedOut();
    this.#loadedKey = key;
    return this.load();
  }

  #forgetOnceSignedOut() {
    if (this.#state.peek().session !== "in") this.#loadedKey = null;
  }

  async #fill(filters, cursor, arrived) {
    const isLate = () => this.#state.peek().list.filters !== filters;
    try {
      const page = await this.#api.get(`/complaints${query({ ...filters, cursor, limit: PAGE_ROWS })}`);
      if (!isLate()) this.#dispatch({ type: arrived, page });
    } catch (problem) {
      if (!isLate() && problem.code !== "abandoned") this.#dispatch({ type: "list_failed", problem });
    }
  }
}

function wantedKey(state, route) {
  if (state.session !== "in" || route.name !== "list") return null;
  return `${state.generation} ${listAddress(route.filters)}`;
}
