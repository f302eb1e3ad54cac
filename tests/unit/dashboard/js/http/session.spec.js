import { Api } from "/static/now/js/http/api.js";
import { accessCsrfToken, Session } from "/static/now/js/http/session.js";
import { equal } from "../expect.js";

const problem = (status, body = {}) => new Response(JSON.stringify({ status, ...body }), { status });
const fine = (body = {}) => new Response(JSON.stringify(body), { status: 200 });
const rotate = (mark) => {
  document.cookie = `csrf_access_token=${mark}; path=/`;
};

/** An API whose server is `answer(url, options)`; returns what was asked. */
function made(answer) {
  const asked = [];
  const ended = [];
  globalThis.fetch = async (url, options = {}) => {
    asked.push(`${options.method ?? "GET"} ${url}`);
    return answer(url, options);
  };
  rotate("m1");
  document.cookie = "csrf_refresh_token=r1; path=/";
  const session = new Session();
  return { asked, ended, session, api: new Api({ session, onSignedOut: () => ended.push("out") }) };
}

async function failure(promise) {
  return promise.then(() => null, (error) => error);
}

export const specs = {
  async "a write carries the CSRF token and its body"() {
    let sent = null;
    const { api } = made((url, options) => {
      sent = options;
      return fine();
    });
    await api.post("/complaints/1/comments", { text: "hello" });
    equal([sent.headers["X-CSRF-TOKEN"], sent.headers["Content-Type"], sent.body], ["m1", "application/json", '{"text":"hello"}']);
  },

  async "an expired token is refreshed once for everybody who waits, and each asks again"() {
    let good = false;
    const { api, asked } = made((url) => {
      if (url.endsWith("/refresh")) {
        good = true;
        rotate("m2");
        return fine();
      }
      return good ? fine({ ok: 1 }) : problem(401);
    });
    const answers = await Promise.all([api.get("/a"), api.get("/b"), api.get("/c")]);
    equal(answers, [{ ok: 1 }, { ok: 1 }, { ok: 1 }]);
    equal(asked.filter((line) => line.endsWith("/refresh")).length, 1);
  },

  async "what another tab has refreshed is not refreshed again"() {
    const { session, asked } = made(() => fine());
    rotate("from another tab");
    equal(await session.refresh("m1"), true);
    equal(asked, []);
  },

  async "a write that crossed another tab's refresh is sent again with the new CSRF token"() {
    const { api, asked } = made((url, { headers }) => {
      if (headers["X-CSRF-TOKEN"] === "m2") return fine({ ok: 1 });
      rotate("m2");
      return problem(403);
    });
    equal(await api.post("/a"), { ok: 1 });
    equal(asked.length, 2);
  },

  async "a session that is over signs out"() {
    const { api, ended } = made(() => problem(401, { detail: "Sign in." }));
    equal((await failure(api.get("/a"))).status, 401);
    equal(ended, ["out"]);
  },

  async "who never signed in is not refreshed"() {
    const { api, asked, ended } = made(() => problem(401, {}));
    document.cookie = "csrf_refresh_token=; path=/; max-age=0";
    await failure(api.get("/a"));
    equal([asked, ended], [["GET /api/v1/a"], ["out"]]);
  },

  async "a wrong password is an answer, not the end of a session"() {
    const { api, ended, asked } = made(() => problem(401, { detail: "E-mail or password is wrong." }));
    equal((await failure(api.post("/auth/login", {}))).message, "E-mail or password is wrong.");
    equal([ended, asked.length], [[], 1]);
  },

  async "a server that fails while refreshing ends nothing"() {
    const { api, ended } = made((url) => problem(url.endsWith("/refresh") ? 503 : 401, { detail: "Down." }));
    equal((await failure(api.get("/a"))).status, 503);
    equal(ended, []);
  },

  async "a refresh that hangs is given up, for every other tab waits for it"() {
    const hanging = (signal) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const { asked } = made((url, { signal }) => hanging(signal));
    const soon = new Promise((resolve) => scheduler.postTask(resolve, { delay: 10_000 }));
    const failed = await Promise.race([failure(new Session({ timeoutMs: 20 }).refresh("m1")), soon]);
    equal([failed?.code, asked], ["unreachable", ["POST /api/v1/auth/refresh"]]);
    const another = new Session({ timeoutMs: 20 });
    rotate("m2");
    equal(await Promise.race([another.refresh("m1"), soon]), true);
  },

  async "problems speak with the server's words and carry how it is now"() {
    const { api } = made(() => problem(412, { detail: "Kofi has it already.", code: "stale_version", current: { id: "1" } }));
    const error = await failure(api.post("/a"));
    equal([error.text, error.code, error.current], ["Kofi has it already.", "stale_version", { id: "1" }]);
  },

  async "a server that is away says that nothing was changed"() {
    const { api } = made(() => {
      throw new TypeError("Failed to fetch");
    });
    equal((await failure(api.get("/a"))).code, "unreachable");
  },

  "the mark is read from its own cookie"() {
    document.cookie = "not_csrf_access_token=no; path=/";
    rotate("m9");
    equal(accessCsrfToken(), "m9");
  },

  "of an address of https the mark is read from the cookie that no other host can set"() {
    const cookie = { configurable: true, get: () => "csrf_access_token=theirs; __Host-csrf_access_token=ours" };
    Object.defineProperty(document, "cookie", cookie);
    const found = accessCsrfToken();
    delete document.cookie;
    equal(found, "ours");
  },
};
