import { match, safeNext } from "/static/now/js/routing/router.js";
import { equal } from "../expect.js";

const route = (path) => match(new URL(path, "http://localhost"));

export const specs = {
  "addresses become routes"() {
    equal(route("/complaints/RD-7K2M9QXA"), { name: "complaint", reference: "RD-7K2M9QXA" });
    equal(route("/telegram").name, "telegram");
    equal(route("/?status=on_hold").filters.status, ["on_hold"]);
    equal(route("/sign-in?next=%2Ftelegram").next, "/telegram");
  },

  "an address that can't be decoded is one of a complaint that there is not"() {
    equal(route("/complaints/%E0%A4%A"), { name: "complaint", reference: "%E0%A4%A" });
  },

  "nothing but an own address may follow the sign-in"() {
    const hostile = [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/.//evil.example",
      "/..//evil.example",
      "/%2e//evil.example",
      "/a/..//evil.example",
      "/.\\/evil.example",
      "javascript:alert(1)",
      "/sign-in",
      null,
    ];
    equal(hostile.map(safeNext), hostile.map(() => "/"));
    equal(safeNext("/complaints/RD-1?x=1"), "/complaints/RD-1?x=1");
  },
};
