// The document's title: what is shown, and how many new complaints nobody has had on screen.
import { openComplaint } from "../../store/complaints.js";
import { isolated } from "../../text/isolated.js";
import { headline } from "../../text/words.js";

const PAGES = { alerts: "Alerts", categories: "Categories", telegram: "Telegram", "sign-in": "Sign in", invitation: "Welcome", reset: "Another password", forgot: "Forgotten password", list: "Complaints" };

export function titleFor(state, route) {
  const complaint = route.name === "complaint" ? openComplaint(state, route.reference) : null;
  const page = complaint ? `${complaint.reference} ${isolated(headline(complaint))}` : (PAGES[route.name] ?? "Complaint");
  const count = state.unseen.length ? `(${state.unseen.length}) ` : "";
  return `${count}${page} · Redress`;
}
