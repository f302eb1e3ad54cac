// What an operator does. Each rejects with a Problem, whose text the view shows beside what was pressed.
import { readItems } from "../http/paging.js";

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

  async acceptInvitation(token, password) {
    await this.#api.post("/invitations/accept", { token, password, cookies: true });
    await this.whoAmI();
  }

  async resetPassword(token, password) {
    await this.#api.post("/auth/password/reset", { token, password, cookies: true });
    await this.whoAmI();
  }

  forgetPassword(email) {
    return this.#api.post("/auth/password/forgot", { email });
  }

  async whoAmI() {
    const answer = await this.#api.get("/auth/me");
    this.#dispatch({ type: "signed_in", operator: answer.operator ?? answer });
  }

  async signOut() {
    await this.#api.post("/auth/logout");
    this.#dispatch({ type: "signed_out" });
  }

  changeStatus(complaint, status, reason) {
    const body = reason ? { status, reason } : { status };
    return this.#change(complaint, this.#api.post(`/complaints/${complaint.id}/status`, body));
  }

  /** Taking what somebody else has is deliberate: it says which version was on screen. */
  take(complaint) {
    const headers = complaint.assignee ? { "If-Match": `"${complaint.version}"` } : {};
    const path = `/complaints/${complaint.id}/assignee`;
    return this.#change(complaint, this.#api.put(path, { operator_id: "me" }, headers));
  }

  assign(complaint, operatorId) {
    const path = `/complaints/${complaint.id}/assignee`;
    return this.#change(complaint, this.#api.put(path, { operator_id: operatorId }));
  }

  unassign(complaint) {
    return this.#change(complaint, this.#api.delete(`/complaints/${complaint.id}/assignee`));
  }

  async comment(complaint, text, visibility) {
    const path = `/complaints/${complaint.id}/comments`;
    await this.#api.post(path, { text, visibility });
    this.#dispatch({ type: "comments_arrived", comments: await readItems(this.#api, path) });
  }

  /** The answer is the complaint; a refusal because somebody was faster carries it too. */
  async #change({ id }, answer) {
    this.#dispatch({ type: "action_started", id });
    try {
      this.#dispatch({ type: "complaint_arrived", complaint: await answer });
    } catch (problem) {
      if (problem.current) this.#dispatch({ type: "complaint_arrived", complaint: problem.current });
      throw problem;
    } finally {
      this.#dispatch({ type: "action_ended", id });
    }
  }
}
