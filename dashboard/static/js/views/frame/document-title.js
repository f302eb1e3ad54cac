// The document's title: what is shown, and how many new complaints nobody has had on screen.
import { headline } from "../../text/words.js";

const PAGES = { alerts: "Alerts", categories: "Categories", telegram: "Telegram", "sign-in": "Sign in", invitation: "Welcome", list: "Complaints" };

export function titleFor(state, route) {
  const complaint = route.name === "complaint" ? openComplaint(state, route.reference) : null;
  const page = complaint ? `${complaint.reference} ${headline(complaint)}` : (PAGES[route.name] ?? "Complaint");
  const count = state.unseen.length ? `(${state.unseen.length}) ` : "";
  return `${count}${page} · Redress`;
}

/** The complaint that an address names by id or reference, as far as it is known. */
export function openComplaint(state, reference) {
  const { detail, byId } = state;
  if (detail.id && detail.reference === reference) return byId[detail.id] ?? null;
  const wanted = reference.toUpperCase();
  return Object.values(byId).find(({ id, reference: own }) => own === wanted || id === reference) ?? null;
}
