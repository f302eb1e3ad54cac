// Fetches what the address asks for, and again what events and signals say has more.
import { query } from "../http/api.js";
import { listAddress } from "../routing/list-filters.js";
import { AlertsReader } from "./alerts-reader.js";
import { watch } from "./watch.js";

const PAGE = 50;
const TIMELINE = 200;

export class Loader {
  #api;
  #state;
  #dispatch;
  #route;
  #alerts;
  #stops = [];
  #listKey = null;

  constructor({ api, state, dispatch, route, clock }) {
    this.#api = api;
    this.#state = state;
    this.#dispatch = dispatch;
    this.#route = route;
    this.#alerts = new AlertsReader({ api, state, dispatch, clock });
  }

  start() {
    this.#watch((state, route) => this.#listWanted(state, route), (key) => this.#loadListOnce(key));
    this.#watch((state, route) => this.#detailWanted(state, route), () => this.#loadDetail());
    this.#watch((state) => state.detail.wanted.comments, () => this.#loadComments());
    this.#alerts.start();
  }

  stop() {
    for (const stop of this.#stops.splice(0)) stop();
    this.#alerts.stop();
    this.#listKey = null;
  }

  retryList() {
    return this.#loadList();
  }

  retryDetail() {
    return this.#loadDetail();
  }

  reloadAlerts() {
    return this.#alerts.read();
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

  async #loadComments() {
    const { id, reference } = this.#state.peek().detail;
    if (!id) return;
    const comments = await this.#part(id, "comments").catch(() => null);
    if (comments) this.#dispatch({ type: "comments_arrived", reference, comments });
  }
}
