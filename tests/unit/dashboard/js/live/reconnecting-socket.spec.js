import { ReconnectingSocket } from "/static/now/js/live/reconnecting-socket.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost, settle } from "../expect.js";
import { fakeSockets, live, welcome } from "./fake-socket.js";

const subscribe = { type: "subscribe", after: 7, epoch: "e" };

/** A started socket; `random` is what the back-off draws, `refresh` and `trusted` what the server would answer. */
function started({ random = 1, refresh = async () => true, trusted = async () => true } = {}) {
  const made = fakeSockets();
  const host = new FakeHost();
  const clock = new Clock(host);
  const said = [];
  const socket = new ReconnectingSocket({
    clock,
    session: { refresh },
    greeting: () => [subscribe],
    dispatch: (message) => said.push(message),
    isSessionValid: trusted,
    random: () => random,
  });
  clock.start();
  socket.start();
  const states = () => said.filter(({ type }) => type === "connection_changed").map(({ state }) => state);
  return { host, clock, socket, said, states, made };
}

export const specs = {
  "it subscribes once it is welcome"() {
    const { made } = started();
    equal([made[0].url.endsWith("/api/v1/websocket"), made[0].sent], [true, []]);
    made[0].says(welcome);
    equal(made[0].sent, [subscribe]);
  },

  "it answers pings"() {
    const { made } = started();
    made[0].says(welcome, { type: "ping", head: 7, epoch: "e" });
    equal(made[0].sent.slice(1), [{ type: "pong" }]);
  },

  async "it comes back by itself, each time later"() {
    const { made, host } = started();
    await made[0].isCut();
    host.pass(999);
    equal(made.length, 1);
    host.pass(1);
    await made[1].isCut();
    host.pass(1999);
    equal(made.length, 2);
    host.pass(1);
    equal(made.length, 3);
  },

  async "only a connection that held makes the back-off begin anew"() {
    const { made, host } = started();
    await made[0].isCut();
    host.pass(1000);
    made[1].says(welcome, live);
    host.pass(9999);
    await made[1].isCut(4001);
    host.pass(2000);
    made[2].says(welcome, live);
    host.pass(10_000);
    await made[2].isCut(4001);
    host.pass(1000);
    equal(made.length, 4);
  },

  async "what a connection says again leaves no second timer that would reset the back-off of the next"() {
    const { made, host, socket } = started();
    made[0].says(welcome, live);
    host.pass(9000);
    made[0].says(live, { type: "resync", head: 9, epoch: "e" });
    await made[0].isCut();
    host.pass(1000);
    made[1].says(welcome);
    host.pass(9000);
    equal(socket.failures, 1);
  },

  async "what a connection says again does not put off what it has earned"() {
    const { made, host, socket } = started();
    await made[0].isCut();
    host.pass(1000);
    made[1].says(welcome, live);
    host.pass(9000);
    made[1].says({ type: "resync", head: 9, epoch: "e" });
    equal(socket.failures, 1);
    host.pass(1000);
    equal(socket.failures, 0);
  },

  async "it does not wait when somebody looks or the network is back, but flapping does not hammer"() {
    const { made, host, socket } = started();
    for (const _ of [1, 2, 3]) {
      await made.at(-1).isCut();
      host.pass(4000);
    }
    equal(made.length, 4);
    host.pass(2000);
    await made[3].isCut();
    socket.retryNow();
    equal([made.length, socket.failures], [5, 4]);
    await made[4].isCut();
    for (let turn = 0; turn < 19; turn += 1) {
      socket.retryNow();
      host.pass(100);
    }
    equal(made.length, 5);
    host.pass(100);
    equal(made.length, 6);
    socket.retryNow();
    equal(made.length, 6);
  },

  async "a device whose time is set back comes back as soon as ever"() {
    const { made, host, socket } = started();
    await made[0].isCut();
    host.setTime(-3_600_000);
    socket.retryNow();
    host.pass(3000);
    equal(made.length, 2);
  },

  async "to retry now puts off nothing that is due before"() {
    const { made, host, socket } = started();
    await made[0].isCut();
    socket.retryNow();
    host.pass(1000);
    equal(made.length, 2);
  },

  async "an expired token is refreshed, then it is back at once"() {
    const asked = [];
    const { made } = started({ refresh: async () => Boolean(asked.push("refresh")) });
    made[0].says(welcome);
    await made[0].isCut(4005);
    equal([asked.length, made.length], [1, 2]);
  },

  async "a fresh token that is called expired too is left to the back-off"() {
    const asked = [];
    const { made, states } = started({ refresh: async () => Boolean(asked.push("refresh")) });
    await made[0].isCut(4005);
    await made[1].isCut(4005);
    equal([asked.length, made.length, states().at(-1)], [1, 2, "waiting"]);
  },

  async "stopped while a token is refreshed it does not come back"() {
    let answer = null;
    const { made, host, socket } = started({ refresh: () => new Promise((resolve) => { answer = resolve; }) });
    await made[0].isCut(4005);
    socket.stop();
    answer(true);
    await settle();
    host.pass(60_000);
    equal(made.length, 1);
  },

  async "where the token is refused the session is asked about, and the answer ends it"() {
    const parts = started({
      trusted: async () => {
        parts.socket.stop();
        return false;
      },
    });
    await parts.made[0].isCut(4503);
    parts.host.pass(60_000);
    equal([parts.made.length, parts.host.armed], [1, 1]);
  },

  async "too many connections is said, and nothing is tried again"() {
    const { made, host, socket, said } = started();
    await made[0].isCut(4504);
    socket.retryNow();
    host.pass(600_000);
    equal([made.length, said.at(-1).state], [1, "stopped"]);
  },

  async "silence is a dead connection"() {
    const { made, host } = started();
    made[0].says(welcome);
    host.pass(44_999);
    equal(made[0].closed, false);
    host.pass(1);
    await settle();
    host.pass(1000);
    equal([made[0].closed, made.length], [true, 2]);
  },

  async "a handshake that never ends is given up"() {
    const { made, host } = started();
    host.pass(15_000);
    await settle();
    host.pass(1000);
    equal([made[0].closed, made.length], [true, 2]);
  },

  async "stopped it leaves no timer and hears nothing more"() {
    const { made, host, socket, clock, said } = started();
    made[0].says(welcome);
    socket.stop();
    clock.stop();
    const before = said.length;
    made[0].says(live);
    await made[0].isCut(1000);
    equal([made[0].closed, host.armed, said.length - before], [true, 0, 0]);
  },
};
