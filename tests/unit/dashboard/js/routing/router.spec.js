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

  "nothing but an own address may follow the sign-in"() {
    const hostile = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in", null];
    equal(hostile.map(safeNext), ["/", "/", "/", "/", "/", "/"]);
    equal(safeNext("/complaints/RD-1?x=1"), "/complaints/RD-1?x=1");
  },
};
