import { readinessLines } from "/static/now/js/text/readiness-words.js";
import { equal } from "../expect.js";

const NOON_MS = new Date(2030, 4, 10, 12).getTime();
const ID = "01a21aad-437a-73ab-8b7b-9f98a248393b";
const OTHER = "01a21aad-437a-73ab-8b7b-000000000000";
const well = { database: { status: "ok" }, redis: { status: "ok" }, broker: { status: "ok" } };

export const specs = {
  "where all is well nothing is said"() {
    equal(readinessLines(null, null, NOON_MS), []);
    equal(readinessLines(well, [], NOON_MS), []);
  },

  "a chat that is held is named by its title, and its end by the reader's clock"() {
    const until = new Date(2030, 4, 10, 12, 14).toISOString();
    const detail = `Telegram makes wait: chat ${ID} until ${until}, chat ${OTHER} until ${until}`;
    const [line] = readinessLines({ telegram: { status: "degraded", detail } }, [{ id: ID, title: "Desk" }], NOON_MS);
    equal(line.startsWith("Some Telegram alerts wait: Telegram makes wait: the chat “Desk” until "), true);
    equal(line.includes(", a chat until "), true);
    equal(/12:14/.test(line), true);
    equal(line.includes(until), false);
  },

  "who is down and who is only late are told apart"() {
    const of = (status) => readinessLines({ workers: { status, detail: "why" } }, null, NOON_MS);
    equal(of("down"), ["Workers are not answering: alerts and live changes may be late: why."]);
    equal(of("degraded"), ["Alerts and live changes may be late: why."]);
    equal(readinessLines({ telegram: { status: "off", detail: "off" } }, null, NOON_MS), [
      "Telegram alerts are not going out: off.",
    ]);
  },

  "a database that takes nothing is told, and a broker beside a Redis that is away is not told twice"() {
    const down = { status: "down", detail: "ReadOnlySqlTransaction" };
    equal(readinessLines({ ...well, database: down }, null, NOON_MS), ["Nothing can be saved: ReadOnlySqlTransaction."]);
    equal(readinessLines({ ...well, redis: down, broker: down }, null, NOON_MS).length, 1);
    equal(readinessLines({ ...well, broker: down }, null, NOON_MS).length, 1);
  },
};
