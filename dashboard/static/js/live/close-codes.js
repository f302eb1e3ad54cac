// What each close code asks of the page (DESIGN, "The socket"). Whatever is not here means: come back later.
const STOP = {
  4504: "Too many connections are open for this account. Close another tab, then reload.",
  4509: "The server refused what this page sent. Reload the page.",
};

/** {does: "refresh" | "ask" | "stop" | "wait", reason}: refresh the token, ask whether the session holds, … */
export function remedy(code) {
  if (code === 4005) return { does: "refresh" };
  if (code === 4500 || code === 4503) return { does: "ask" };
  return STOP[code] ? { does: "stop", reason: STOP[code] } : { does: "wait" };
}
