// What no event tells of, looked up now and then: readiness, linked chats, the words to sort by, colleagues.
import { readAllItems } from "../http/paging.js";
import { mayAct } from "../text/words.js";
import { Subscriptions } from "./subscriptions.js";

const EVERY_MS = 60_000;

export class LookupLoader {
  #api;
  #state;
  #dispatch;
  #route;
  #clock;
  #subscriptions = new Subscriptions();

  constructor({ api, state, dispatch, route, clock }) {
    this.#api = api;
    this.#state = state;
    this.#dispatch = dispatch;
    this.#route = route;
    this.#clock = clock;
  }

  start() {
    void this.loadReadiness();
    this.#subscriptions.watch(() => this.#state.value.session === "in", (isIn) => isIn && this.#loadOwn());
    this.#subscriptions.watch(() => this.#wantsOperators(), (wanted) => wanted && this.#loadOperators());
    this.#subscriptions.add(this.#clock.every(EVERY_MS, () => this.#look()));
  }

  stop() {
    this.#subscriptions.end();
  }

  async loadReadiness() {
    const body = await this.#api.readiness().catch(() => null);
    if (body?.checks) this.#dispatch({ type: "readiness", checks: body.checks });
  }

  /** The operator's chats; an admin's list has everybody's. */
  async loadChats() {
    try {
      this.#tell({ type: "chats_arrived", chats: await readAllItems(this.#api, "/telegram/chats") });
    } catch (problem) {
      if (problem.code !== "abandoned") this.#tell({ type: "chats_failed", problem });
    }
  }

  /** A page that nobody sees need not know; it looks again when it is seen. */
  #look() {
    void this.loadReadiness();
    const { session, visible } = this.#state.peek();
    if (session === "in" && visible) void this.loadChats();
  }

  #loadOwn() {
    void this.loadChats();
    void this.#loadSorting();
  }

  async #loadSorting() {
    const [categories, sites] = await Promise.all([this.#names("/categories"), this.#names("/sites")]);
    this.#tell({ type: "sorting_arrived", categories, sites });
  }

  async #names(path) {
    return (await readAllItems(this.#api, path).catch(() => [])).map(({ name }) => name);
  }

  #wantsOperators() {
    return this.#route.value.name === "complaint" && mayAct(this.#state.value.operator);
  }

  async #loadOperators() {
    if (this.#state.peek().operators.length) return;
    const operators = await readAllItems(this.#api, "/operators").catch(() => []);
    this.#tell({ type: "operators_arrived", operators: operators.filter(({ active }) => active !== false) });
  }

  /** An answer that comes after the sign-out is nobody's business any more. */
  #tell(message) {
    if (this.#state.peek().session === "in") this.#dispatch(message);
  }
}
