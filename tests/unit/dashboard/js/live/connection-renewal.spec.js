import { ReconnectingSocket } from "/static/now/js/live/reconnecting-socket.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost, settle } from "../expect.js";
import { fakeSockets, live, welcome } from "./fake-socket.js";

const LIFE_SECONDS = 900;
const expiring = { ...welcome, expires_in: LIFE_SECONDS };
const msAt = (share) => LIFE_SECONDS * share * 1000;

/** A socket that is live with a token for 15 minutes; `refresh` is what the server answers. */
function living({ refresh = async () => true } = {}) {
  const made = fakeSockets();
  const host = new FakeHost();
  const clock = new Clock(host);
  const said = [];
  const socket = new ReconnectingSocket({
    clock,
    session: { refresh },
    greeting: () => [{ type: "subscribe" }],
    dispatch: (message) => said.push(message),
    isSessionValid: async () => true,
    random: () => 0,
  });
  clock.start();
  socket.start();
  made[0].says(expiring, live);
  return { made, host, socket, said, types: () => said.map(({ type }) => type) };
}

/** Lets time pass as long as pings come. */
async function pass(host, ws, milliseconds) {
  for (let left = milliseconds; left > 0; left -= 25_000) {
    host.pass(Math.min(25_000, left));
    ws.says({ type: "ping", head: 7, epoch: "e" });
    await settle();
  }
}

export const specs = {
  async "before its token ends it is followed by another, and the page notices nothing"() {
    const { made, host, types } = living();
    await pass(host, made[0], msAt(0.8) - 1);
    equal(made.length, 1);
    const before = types().filter((type) => type !== "ping").length;
    await pass(host, made[0], 1);
    equal([made.length, made[0].closed], [2, false]);
    made[1].says(expiring);
    equal([made[0].closed, made[1].closed, made[1].sent], [true, false, [{ type: "subscribe" }]]);
    made[1].says(live);
    equal(types().filter((type) => type !== "ping").slice(before), ["connection_renewed", "live"]);
  },

  async "the successor says which sites are its own"() {
    const { made, host, said } = living();
    await pass(host, made[0], msAt(0.8));
    made[1].says({ ...expiring, sites: ["North"] });
    equal(said.at(-1), { type: "connection_renewed", sites: ["North"] });
  },

  async "the successor is followed in its turn"() {
    const { made, host } = living();
    for (const turn of [0, 1, 2]) {
      await pass(host, made[turn], msAt(0.8));
      made[turn + 1].says(expiring, live);
    }
    equal([made.length, made.filter(({ closed }) => !closed).length], [4, 1]);
  },

  async "the successor is a connection like the first: cut, it comes back"() {
    const { made, host } = living();
    await pass(host, made[0], msAt(0.8));
    made[1].says(expiring, live);
    await made[1].isCut(4001);
    host.pass(0);
    equal(made.length, 3);
  },

  async "a successor that fails leaves the first one as it is"() {
    const { made, host, types } = living();
    await pass(host, made[0], msAt(0.8));
    await made[1].isCut(4504);
    made[0].says({ type: "event", seq: 8 });
    equal([made[0].closed, types().at(-1)], [false, "event"]);
  },

  async "where the token can't be renewed there is no successor"() {
    const { made, host } = living({ refresh: async () => Promise.reject(new Error("away")) });
    await pass(host, made[0], msAt(0.9));
    equal([made.length, made[0].closed], [1, false]);
  },

  async "a connection that ends while its token is renewed has no successor"() {
    let answer = null;
    const { made, host, socket } = living({ refresh: () => new Promise((resolve) => { answer = resolve; }) });
    await pass(host, made[0], msAt(0.8));
    socket.stop();
    answer(true);
    await settle();
    equal(made.length, 1);
  },

  async "a connection that ends takes its successor with it"() {
    const { made, host } = living();
    await pass(host, made[0], msAt(0.8));
    await made[0].isCut(1006);
    equal(made[1].closed, true);
    made[1].says(expiring);
    equal(made[1].sent, []);
  },
};
