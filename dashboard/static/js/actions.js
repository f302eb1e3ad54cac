// What an operator does. Each rejects with a Problem, whose text the view shows beside what was pressed.
export class Actions {
  #api;
  #dispatch;

  constructor({ api, dispatch }) {
    this.#api = api;
    this.#dispatch = dispatch;
  }

  async signIn(email, password) {
    await this.#api.post("/auth/login", { email, password, cookies: true });
    await this.whoAmI();
  }

  async whoAmI() {
    const answer = await this.#api.get("/auth/me");
    this.#dispatch({ type: "signed_in", operator: answer.operator ?? answer });
  }

  async signOut() {
    await this.#api.post("/auth/logout");
    this.#dispatch({ type: "signed_out" });
  }

  async changeStatus(complaint, status, reason) {
    const body = reason ? { status, reason } : { status };
    await this.#keep(this.#api.post(`/complaints/${complaint.id}/status`, body));
  }

  /** Taking what somebody else has is deliberate: it says which version was on screen. */
  async take(complaint) {
    const headers = complaint.assignee ? { "If-Match": `"${complaint.version}"` } : {};
    await this.#keep(this.#api.put(`/complaints/${complaint.id}/assignee`, { operator_id: "me" }, headers));
  }

  async assign(complaint, operatorId) {
    await this.#keep(this.#api.put(`/complaints/${complaint.id}/assignee`, { operator_id: operatorId }));
  }

  async unassign(complaint) {
    await this.#keep(this.#api.delete(`/complaints/${complaint.id}/assignee`));
  }

  async comment(complaint, text, visibility) {
    const path = `/complaints/${complaint.id}/comments`;
    await this.#api.post(path, { text, visibility });
    const { items } = await this.#api.get(`${path}?limit=200`);
    this.#dispatch({ type: "comments_arrived", comments: items });
  }

  /** The answer is the complaint; a refusal because somebody was faster carries it too. */
  async #keep(answer) {
    try {
      this.#dispatch({ type: "complaint_arrived", complaint: await answer });
    } catch (problem) {
      if (problem.current) this.#dispatch({ type: "complaint_arrived", complaint: problem.current });
      throw problem;
    }
  }
}
