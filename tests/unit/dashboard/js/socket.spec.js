import { Backoff } from "/static/now/js/backoff.js";
import { Clock } from "/static/now/js/clock.js";
import { Socket } from "/static/now/js/socket.js";
import { equal, FakeHost, settle } from "./expect.js";

class FakeWebSocket {
  static OPEN = 1;
  static made = [];
  readyState = FakeWebSocket.OPEN;
  sent = [];
  closed = false;

  constructor(url) {
    this.url = url;
    FakeWebSocket.made.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  says(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

const welcome = { type: "welcome", head: 7, epoch: "e", ping_interval: 25 };
const live = { type: "live", head: 7 };

/** A started socket; `random` is what the back-off draws, `refresh` and `trusted` what the server would answer. */
function started({ random = 1, refresh = async () => true, trusted = async () => true } = {}) {
  FakeWebSocket.made = [];
  globalThis.WebSocket = FakeWebSocket;
  const host = new FakeHost();
  const clock = new Clock(host);
  const said = [];
  const socket = new Socket({
    clock,
    session: { refresh },
    cursor: () => ({ seq: 7, epoch: "e" }),
    dispatch: (message) => said.push(message),
    stillTrusted: trusted,
    backoff: new Backoff({ random: () => random }),
  });
  clock.start();
  socket.start();
  const links = () => said.filter(({ type }) => type === "link_changed").map(({ state }) => state);
  return { host, clock, socket, said, links, made: FakeWebSocket.made };
}

async function cut(ws, code) {
  ws.onclose({ code });
  await settle();
}

export const specs = {
  "it subscribes after the cursor once it is welcome"() {
    const { made } = started();
    equal([made[0].url.endsWith("/api/v1/websocket"), made[0].sent], [true, []]);
    made[0].says(welcome);
    equal(made[0].sent, [{ type: "subscribe", after: 7, epoch: "e" }]);
  },

  "it answers pings and says what was seen"() {
    const { made, host } = started();
    made[0].says(welcome);
    made[0].says({ type: "ping", head: 7, epoch: "e" });
    host.pass(10_000);
    equal(made[0].sent.slice(1), [{ type: "pong" }, { type: "seen", seq: 7 }]);
  },

  async "it comes back by itself, each time later"() {
    const { made, host } = started();
    await cut(made[0], 1006);
    host.pass(999);
    equal(made.length, 1);
    host.pass(1);
    await cut(made[1], 1006);
    host.pass(1999);
    equal(made.length, 2);
    host.pass(1);
    equal(made.length, 3);
  },

  async "only a connection that held makes the back-off begin anew"() {
    const { made, host } = started();
    await cut(made[0], 1006);
    host.pass(1000);
    made[1].says(welcome);
    made[1].says(live);
    host.pass(9000);
    await cut(made[1], 4001);
    host.pass(2000);
    made[2].says(welcome);
    made[2].says(live);
    host.pass(10_000);
    await cut(made[2], 4001);
    host.pass(1000);
    equal(made.length, 4);
  },

  async "it does not wait when the network is back"() {
    const { made, socket } = started();
    await cut(made[0], 1006);
    socket.nudge();
    equal(made.length, 2);
    socket.nudge();
    equal(made.length, 2);
  },

  async "an expired token is refreshed, then it is back at once"() {
    const asked = [];
    const { made } = started({ refresh: async () => Boolean(asked.push("refresh")) });
    made[0].says(welcome);
    await cut(made[0], 4005);
    equal([asked.length, made.length], [1, 2]);
  },

  async "a fresh token that is called expired too is left to the back-off"() {
    const asked = [];
    const { made, links } = started({ refresh: async () => Boolean(asked.push("refresh")) });
    await cut(made[0], 4005);
    await cut(made[1], 4005);
    equal([asked.length, made.length, links().at(-1)], [1, 2, "waiting"]);
  },

  async "where trust is refused the session is asked about, and the answer ends it"() {
    const parts = started({
      trusted: async () => {
        parts.socket.stop();
        return false;
      },
    });
    await cut(parts.made[0], 4503);
    parts.host.pass(60_000);
    equal([parts.made.length, parts.host.armed], [1, 1]);
  },

  async "too many connections is said, and nothing is tried again"() {
    const { made, host, socket, said } = started();
    await cut(made[0], 4504);
    socket.nudge();
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

  "offline it stays quiet"() {
    const { made, host, socket, links } = started();
    socket.offline();
    host.pass(600_000);
    equal([made[0].closed, made.length, links().at(-1)], [true, 1, "offline"]);
  },

  "stopped it leaves no timer and hears nothing more"() {
    const { made, host, socket, clock, said } = started();
    made[0].says(welcome);
    socket.stop();
    clock.stop();
    const before = said.length;
    made[0].says(live);
    equal([made[0].closed, host.armed, said.length - before], [true, 0, 0]);
  },
};
