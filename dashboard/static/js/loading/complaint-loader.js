// Fetches the complaint that the address asks for, and its comments again when an event tells of one.
import { readItems } from "../http/paging.js";
import { Subscriptions } from "./subscriptions.js";

export class ComplaintLoader {
  #api;
  #state;
  #dispatch;
  #route;
  #subscriptions = new Subscriptions();

  constructor({ api, state, dispatch, route }) {
    this.#api = api;
    this.#state = state;
    this.#dispatch = dispatch;
    this.#route = route;
  }

  start() {
    this.#subscriptions.watch(() => wantedKey(this.#state.value, this.#route.value), () => this.load());
    this.#subscriptions.watch(() => this.#state.value.detail.wanted.comments, () => this.#loadComments());
  }

  stop() {
    this.#subscriptions.end();
  }

  async load() {
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

  #part(id, part) {
    return readItems(this.#api, `/complaints/${id}/${part}`);
  }

  async #loadComments() {
    const { id, reference } = this.#state.peek().detail;
    if (!id) return;
    const comments = await this.#part(id, "comments").catch(() => null);
    if (comments) this.#dispatch({ type: "comments_arrived", reference, comments });
  }
}

function wantedKey(state, route) {
  if (state.session !== "in" || route.name !== "complaint") return null;
  return `${state.generation} ${state.connection.catchUps} ${route.reference}`;
}
