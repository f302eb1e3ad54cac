import { Poller } from "/static/now/js/live/poller.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost, settle } from "../expect.js";

const EVERY_MS = 3000;
const item = (seq) => ({ seq, name: "status_update", data: { id: `id-${seq}`, version: 1 }, changes: {}, actor: null });
const page = (seqs, head, more = {}) => ({ items: seqs.map(item), head, epoch: "e", complete: true, more: false, top: head, sites: null, ...more });

/** A poller of a page that is at 100 of epoch "e"; `answers` come in order, an error is thrown, then nothing is new. */
function polling(answers, { seen = true, cursor = { seq: 100, epoch: "e" } } = {}) {
  const host = new FakeHost();
  const clock = new Clock(host);
  const parts = { host, asked: [], said: [], backs: 0, seen, state: { ...initial, ...cursor } };
  const get = async (path) => {
    parts.asked.push(path);
    const answer = answers.shift() ?? page([], parts.state.seq);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const dispatch = (message) => {
    parts.said.push(message);
    parts.state = reduce(parts.state, message);
  };
  parts.poller = new Poller({
    clock,
    api: { get },
    cursor: () => parts.state,
    dispatch,
    isVisible: () => parts.seen,
    isBack: () => { parts.backs += 1; },
    random: () => 0,
  });
  clock.start();
  parts.pass = async (milliseconds) => {
    host.pass(milliseconds);
    await settle();
  };
  parts.seqs = () => parts.said.filter(({ type }) => type === "event").map(({ seq }) => seq);
  return parts;
}

async function started(...args) {
  const parts = polling(...args);
  parts.poller.start();
  await settle();
  return parts;
}

export const specs = {
  async "it asks after the cursor, and tells what came as the socket would"() {
    const parts = await started([page([101, 103], 104), page([105], 105)]);
    equal([parts.asked, parts.seqs(), parts.said.at(-1).type], [["/events?after=100&limit=500"], [101, 103], "polled"]);
    await parts.pass(EVERY_MS);
    equal([parts.asked.at(-1), parts.seqs(), parts.state.seq], ["/events?after=104&limit=500", [101, 103, 105], 105]);
  },

  async "the page says that it is live, by polling"() {
    const parts = await started([page([101], 101)]);
    equal([parts.state.connection.state, parts.state.connection.catchUps, parts.state.seq], ["polling", 1, 101]);
    await parts.pass(EVERY_MS);
    equal(parts.state.connection.catchUps, 1);
  },

  async "while there is more it asks at once, and tells of it in one notice"() {
    const parts = await started([page([101], 600, { more: true }), page([601], 700)]);
    equal([parts.asked.length, parts.state.connection.state, parts.state.seq], [1, "catching_up", 600]);
    await parts.pass(0);
    equal([parts.asked.length, parts.state.connection.state, parts.state.seq], [2, "polling", 700]);
    equal(parts.state.toasts.map(({ title, text }) => [title, text]), [["Caught up", "2 changes"]]);
  },

  async "another epoch, or what can't be told whole, is fetched anew"() {
    const foreign = await started([page([3], 5, { epoch: "f" })]);
    equal([foreign.state.seq, foreign.state.epoch, foreign.state.generation, foreign.seqs()], [5, "f", 1, []]);
    equal(foreign.state.connection.state, "polling");
    const broken = await started([page([150], 150, { complete: false })]);
    equal([broken.state.seq, broken.state.epoch, broken.state.generation, broken.seqs()], [150, "e", 1, []]);
  },

  async "what is fetched anew goes on from the top, not from the end of a page"() {
    for (const fault of [{ epoch: "f" }, { complete: false }]) {
      const parts = await started([page([150], 600, { ...fault, more: true, top: 2000 }), page([], 2000, { epoch: fault.epoch ?? "e" })]);
      equal([parts.state.seq, parts.state.generation, parts.state.connection.state], [2000, 1, "polling"]);
      await parts.pass(EVERY_MS);
      equal([parts.asked.at(-1), parts.state.generation], ["/events?after=2000&limit=500", 1]);
    }
  },

  async "what is thousands behind is fetched anew"() {
    const behind = (top) => started([page([101], 600, { more: true, top })]);
    const [told, fetched] = [await behind(5100), await behind(5101)];
    equal([told.seqs(), told.state.generation], [[101], 0]);
    equal([fetched.seqs(), fetched.state.generation, fetched.state.seq], [[], 1, 5101]);
  },

  async "other sites than before are fetched anew, once"() {
    const [north, both] = [["North"], ["North", "South"]];
    const parts = await started([page([], 100, { sites: north }), page([101], 101, { sites: both }), page([102], 102, { sites: both })]);
    equal(parts.state.generation, 0);
    await parts.pass(EVERY_MS);
    equal([parts.state.generation, parts.seqs(), parts.state.seq], [1, [], 101]);
    await parts.pass(EVERY_MS);
    equal([parts.state.generation, parts.seqs(), parts.state.seq], [1, [102], 102]);
  },

  async "a server of the release before, which says neither top nor sites, is understood"() {
    const old = { top: undefined, sites: undefined };
    const answers = [page([], 100), page([101], 101, old), page([150], 150, { ...old, complete: false })].map((one) => JSON.parse(JSON.stringify(one)));
    const parts = await started(answers);
    await parts.pass(EVERY_MS);
    equal([parts.seqs(), parts.state.generation], [[101], 0]);
    await parts.pass(EVERY_MS);
    equal([parts.state.seq, parts.state.generation, parts.state.ownSites], [150, 1, null]);
  },

  async "an answer from before the list came is dropped, and what came since the list is told"() {
    let answer = null;
    const late = new Promise((resolve) => { answer = resolve; });
    const parts = await started([late, page([103, 105], 105)], { cursor: { seq: null, epoch: null } });
    parts.state = reduce(parts.state, { type: "list_arrived", page: { items: [], next_cursor: null, head_seq: 100, epoch: "e" } });
    answer(page([], 105, { complete: false }));
    await settle();
    await parts.pass(0);
    equal([parts.asked.at(-1), parts.seqs(), parts.state.seq], ["/events?after=100&limit=500", [103, 105], 105]);
  },

  async "a page without a cursor goes on from now"() {
    const parts = await started([page([], 300, { complete: false })], { cursor: { seq: null, epoch: null } });
    equal([parts.state.seq, parts.state.epoch, parts.state.generation], [300, "e", 0]);
    equal(parts.state.connection.state, "polling");
  },

  async "it asks rarely where nobody looks, and at once when somebody does"() {
    const parts = await started([], { seen: false });
    await parts.pass(19_999);
    equal(parts.asked.length, 1);
    parts.poller.retryNow();
    await parts.pass(0);
    equal(parts.asked.length, 2);
  },

  async "looking again and again does not make it ask more often"() {
    const parts = await started([]);
    for (let turn = 0; turn < 30; turn += 1) {
      parts.poller.retryNow();
      await parts.pass(100);
    }
    equal(parts.asked.length, 2);
  },

  async "looking again and again does not keep a slow server from answering"() {
    let answer = null;
    const parts = await started([new Promise((resolve) => { answer = resolve; })]);
    for (let turn = 0; turn < 3; turn += 1) {
      await parts.pass(EVERY_MS);
      parts.poller.retryNow();
      await parts.pass(0);
    }
    answer(page([101], 101));
    await settle();
    equal([parts.asked.length, parts.seqs()], [1, [101]]);
  },

  async "a device whose time is set back asks when somebody looks"() {
    const parts = await started([], { seen: false });
    parts.host.setTime(-3_600_000);
    await parts.pass(EVERY_MS + 1000);
    parts.poller.retryNow();
    await parts.pass(0);
    equal(parts.asked.length, 2);
  },

  async "a server that is away is asked again, with a back-off, and its return is told"() {
    const away = new Error("away");
    const parts = await started([away, away, away, page([], 100)]);
    equal([parts.poller.works, parts.said], [false, []]);
    for (const _ of [1, 2, 3]) await parts.pass(0);
    equal([parts.asked.length, parts.poller.works, parts.backs], [4, true, 1]);
  },

  async "a failure after it worked is said"() {
    const parts = await started([page([], 100), new Error("away")]);
    await parts.pass(EVERY_MS);
    equal([parts.poller.works, parts.state.connection.state], [false, "waiting"]);
  },

  async "stopped it asks nothing, and an answer on its way is dropped"() {
    const parts = polling([page([101], 101)]);
    parts.poller.start();
    parts.poller.stop();
    await settle();
    await parts.pass(60_000);
    equal([parts.asked.length, parts.said, parts.host.armed], [1, [], 1]);
  },
};
