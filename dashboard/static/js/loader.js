// Fetches what the address asks for, and again what events and signals say has more.
import { query } from "./api.js";
import { listAddress } from "./filters.js";
import { watch } from "./watching.js";

const PAGE = 50;
const TIMELINE = 200;
const ALERTS_EVERY = 5000;
const ALERTS_FOLLOW = 30_000;

export class Loader {
  #api;
  #state;
  #dispatch;
  #route;
  #clock;
  #stops = [];
  #listKey = null;

  constructor({ api, state, dispatch, route, clock }) {
    this.#api = api;
    this.#state = state;
    this.#dispatch = dispatch;
    this.#route = route;
    this.#clock = clock;
  }

  start() {
    this.#watch((state, route) => this.#listWanted(state, route), (key) => this.#loadListOnce(key));
    this.#watch((state, route) => this.#detailWanted(state, route), () => this.#loadDetail());
    this.#watch((state) => state.detail.wanted.comments, () => this.#loadPart("comments"));
    this.#watch((state) => state.detail.id && `${state.detail.wanted.alerts} ${state.link.lives}`, () => this.#loadPart("alerts"));
    this.#stops.push(this.#clock.every(ALERTS_EVERY, () => areAlertsMoving(this.#state.peek()) && this.#loadPart("alerts")));
  }

  stop() {
    for (const stop of this.#stops.splice(0)) stop();
    this.#listKey = null;
  }

  retryList() {
    return this.#loadList();
  }

  retryDetail() {
    return this.#loadDetail();
  }

  reloadAlerts() {
    return this.#loadPart("alerts");
  }

  async more() {
    const { filters, nextCursor } = this.#state.peek().list;
    this.#dispatch({ type: "more_requested" });
    await this.#fill(filters, nextCursor, "more_arrived");
  }

  #watch(wanted, work) {
    this.#stops.push(watch(() => wanted(this.#state.value, this.#route.value), work));
  }

  #listWanted(state, route) {
    if (state.session !== "in" || route.name !== "list") return null;
    return `${state.generation} ${listAddress(route.filters)}`;
  }

  #detailWanted(state, route) {
    if (state.session !== "in" || route.name !== "complaint") return null;
    return `${state.generation} ${state.link.lives} ${route.reference}`;
  }

  /** Going back to the list shows it as events have kept it. */
  #loadListOnce(key) {
    if (key === this.#listKey) return null;
    if (key === null) return this.#forgetListOnceSignedOut();
    this.#listKey = key;
    return this.#loadList();
  }

  #forgetListOnceSignedOut() {
    if (this.#state.peek().session !== "in") this.#listKey = null;
  }

  async #loadList() {
    const { filters } = this.#route.peek();
    this.#dispatch({ type: "list_requested", filters });
    await this.#fill(filters, null, "list_arrived");
  }

  async #fill(filters, cursor, arrived) {
    const isLate = () => this.#state.peek().list.filters !== filters;
    try {
      const page = await this.#api.get(`/complaints${query({ ...filters, cursor, limit: PAGE })}`);
      if (!isLate()) this.#dispatch({ type: arrived, page });
    } catch (problem) {
      if (!isLate() && problem.code !== "abandoned") this.#dispatch({ type: "list_failed", problem });
    }
  }

  async #loadDetail() {
    const { name, reference } = this.#route.peek();
    if (name !== "complaint") return this.#dispatch({ type: "detail_closed" });
    this.#dispatch({ type: "detail_opened", reference });
    try {
      const complaint = await this.#api.get(`/complaints/${encodeURIComponent(reference)}`);
      this.#dispatch({ type: "complaint_arrived", complaint });
      const parts = ["events", "comments"].map((part) => this.#part(complaint.id, part));
      const [events, comments] = await Promise.all(parts);
      return this.#dispatch({ type: "detail_arrived", reference, id: complaint.id, events, comments });
    } catch (problem) {
      return problem.code === "abandoned" || this.#dispatch({ type: "detail_failed", reference, problem });
    }
  }

  async #part(id, part) {
    return (await this.#api.get(`/complaints/${id}/${part}?limit=${TIMELINE}`)).items;
  }

  async #loadPart(part) {
    const { id, reference } = this.#state.peek().detail;
    if (!id) return;
    const items = await this.#part(id, part).catch(() => null);
    this.#dispatch({ type: items ? `${part}_arrived` : `${part}_failed`, reference, [part]: items });
  }
}

/** Signals are no promise: while an alert is under way, or may soon be, it is looked at. */
function areAlertsMoving({ detail, visible }) {
  if (!visible || detail.state !== "ready") return false;
  const last = detail.events.at(-1);
  const isRecent = last !== undefined && Date.now() - Date.parse(last.occurred_at) < ALERTS_FOLLOW;
  return isRecent || (detail.alerts ?? []).some(({ state }) => state === "pending" || state === "sending");
}
