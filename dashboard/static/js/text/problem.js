// What went wrong, in the server's words where it had any (RFC 9457).
export class Problem extends Error {
  constructor({ status, code, detail, title, current, errors }) {
    super(detail || title || "Something went wrong.");
    this.name = "Problem";
    this.status = status;
    this.code = code ?? null;
    this.current = current ?? null;
    this.errors = errors ?? [];
  }

  /** The detail, with the first field's complaint where there is one. */
  get text() {
    const [first] = this.errors;
    return first?.detail && !this.message.includes(first.detail) ? `${this.message} ${first.detail}` : this.message;
  }
}

/** {field → text} for what a refusal says of fields under a root: of "/preferences/", `/preferences/sites/0` is "sites/0". */
export function problemsUnder(problem, root) {
  const found = (problem?.errors ?? []).filter(({ pointer }) => pointer?.startsWith(root) && pointer.length > root.length);
  return Object.fromEntries(found.map(({ pointer, detail }) => [pointer.slice(root.length), `${detail[0].toUpperCase()}${detail.slice(1)}.`]));
}

export function unreachable() {
  return new Problem({ status: 0, code: "unreachable", detail: "The server can’t be reached just now." });
}

export async function problemFrom(response) {
  const body = await response.json().catch(() => ({}));
  const title = body.title || `The server answered ${response.status}.`;
  return new Problem({ ...body, title, status: response.status });
}
