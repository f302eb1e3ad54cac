import { Feed } from "/static/now/js/live/feed.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost, settle } from "../expect.js";
import { fakeSockets, live } from "./fake-socket.js";

const PATIENCE_MS = 8000;
const welcome = { type: "welcome", head: 100, epoch: "e", ping_interval: 25 };
const item = (seq) => ({ seq, name: "status_update", data: { id: `id-${seq}`, version: 1 }, changes: {}, actor: null });
const event = (seq) => ({ type: "event", ...item(seq) });

/** A feed of a page at 100; the server's events are `table`, sockets are played by hand. */
function feeding() {
  const made = fakeSockets();
  const host = new FakeHost();
  const clock = new Clock(host);
  const parts = { made, host, table: [], asked: 0, told: [], connections: [], state: { ...initial, session: "in", seq: 100, epoch: "e" } };
  const get = async (path) => {
    parts.asked += 1;
    const after = Number(/after=(\d+)/.exec(path)[1]);
    return { items: parts.table.filter(({ seq }) => seq > after), head: parts.table.at(-1)?.seq ?? 100, epoch: "e", complete: true, more: false };
  };
  const dispatch = (message) => {
    const before = parts.state.seq;
    parts.state = reduce(parts.state, message);
    const { state } = parts.state.connection;
    if (state !== parts.connections.at(-1)) parts.connections.push(state);
    if (message.type === "event" && parts.state.seq > before) parts.told.push(message.seq);
  };
  parts.feed = new Feed({ clock, session: {}, api: { get }, dispatch, cursor: () => parts.state, isSessionValid: async () => true, random: () => 0 });
  clock.start();
  parts.feed.start();
  parts.pass = async (milliseconds) => {
    host.pass(milliseconds);
    await settle();
  };
  parts.connection = () => parts.state.connection.state;
  return parts;
}

/** Polling, for the handshake of the socket never ended. */
async function polling() {
  const parts = feeding();
  await parts.pass(PATIENCE_MS);
  return parts;
}

export const specs = {
  async "a socket that is live is enough"() {
    const { made, asked, pass, connection } = feeding();
    made[0].says(welcome, live);
    await pass(20_000);
    equal([asked, connection(), made.length], [0, "live", 1]);
  },

  async "where no socket is welcome for long, the page polls"() {
    const parts = feeding();
    parts.table.push(item(101));
    await parts.pass(PATIENCE_MS - 1);
    equal([parts.asked, parts.connection()], [0, "connecting"]);
    await parts.pass(1);
    equal([parts.asked, parts.connection(), parts.told], [1, "polling", [101]]);
  },

  async "sockets that are cut again and again make it poll without waiting"() {
    const { made, pass, connection, ...parts } = feeding();
    for (const index of [0, 1, 2]) {
      made[index].says(welcome, live);
      await made[index].isCut();
      await pass(0);
    }
    equal([connection(), parts.host.Date.now() - 1_000_000 < 1000], ["polling", true]);
  },

  async "it goes on trying, unnoticed, and a socket that is live ends the polling"() {
    const parts = await polling();
    await parts.pass(15_000 - PATIENCE_MS);
    await parts.pass(0);
    equal([parts.made.length, parts.connections], [2, ["connecting", "polling"]]);
    parts.made[1].says(welcome, live);
    const { asked } = parts;
    await parts.pass(20_000);
    equal([parts.connection(), parts.asked], ["live", asked]);
  },

  async "nothing comes twice and nothing is left out on the way from one to the other and back"() {
    const parts = await polling();
    parts.table.push(item(101), item(102));
    await parts.pass(3000);
    parts.made[0].says(welcome, event(101), event(102), event(103), live, event(104));
    parts.table.push(item(103), item(104), item(105));
    await parts.made[0].isCut();
    await parts.pass(PATIENCE_MS);
    equal([parts.told, parts.connection(), parts.state.seq], [[101, 102, 103, 104, 105], "polling", 105]);
  },

  async "an answer that is overtaken by a socket's welcome is dropped"() {
    const parts = await polling();
    parts.table.push(item(101));
    parts.host.pass(3000);
    parts.made[0].says(welcome);
    await settle();
    equal([parts.told, parts.asked], [[], 2]);
    parts.made[0].says(event(101), live);
    equal(parts.told, [101]);
  },

  async "a socket that falls silent before it is live is ended, and the page polls"() {
    const parts = feeding();
    parts.made[0].says(welcome);
    await parts.pass(PATIENCE_MS - 1);
    parts.made[0].says(event(101));
    await parts.pass(PATIENCE_MS - 1);
    equal([parts.made[0].closed, parts.asked], [false, 0]);
    await parts.pass(1);
    equal([parts.made[0].closed, parts.connection()], [true, "polling"]);
  },

  async "offline nothing is tried; back, everything"() {
    const { made, feed, pass, connection, ...parts } = await polling();
    feed.offline();
    await pass(600_000);
    equal([made.length, made[0].closed, connection(), parts.host.armed], [1, true, "offline", 1]);
    feed.retryNow();
    await pass(0);
    equal(made.length, 2);
  },

  async "what no retry would help is not retried, however often the page asks for its feed"() {
    const { made, feed, pass, connection } = feeding();
    await made[0].isCut(4504);
    feed.start();
    feed.retryNow();
    await pass(600_000);
    equal([made.length, connection()], [1, "stopped"]);
    feed.stop();
    feed.start();
    await pass(2000);
    equal(made.length, 2);
  },

  async "what is looked at is told to each connection"() {
    const { made, feed, pass } = feeding();
    made[0].says(welcome);
    feed.view("id-1");
    feed.view("id-1");
    equal(made[0].sent.slice(1), [{ type: "viewing", id: "id-1" }]);
    await made[0].isCut();
    await pass(0);
    made[1].says(welcome);
    equal(made[1].sent, [{ type: "subscribe", after: 100, epoch: "e" }, { type: "viewing", id: "id-1" }]);
    feed.view(null);
    equal(made[1].sent.at(-1), { type: "viewing", id: null });
  },

  async "stopped it leaves nothing under way"() {
    const { feed, pass, made, host, ...parts } = await polling();
    const { asked } = parts;
    feed.stop();
    await pass(600_000);
    equal([made.length, made[0].closed, host.armed, parts.asked - asked], [1, true, 1, 0]);
  },
};
