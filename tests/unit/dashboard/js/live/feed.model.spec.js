import { Feed } from "/static/now/js/live/feed.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost, settle } from "../expect.js";
import { drawing, ServerModel } from "./server-model.js";

const RUNS = 500;
const STEPS = 120;

/** A page at the server's head; `faults` are moves of its cursor that no single event and no reading anew explains. */
function page(draw) {
  const server = new ServerModel();
  const host = new FakeHost();
  const clock = new Clock(host);
  const self = { server, host, faults: [], state: { ...initial, session: "in", seq: server.top, epoch: server.epoch } };
  const dispatch = (message) => {
    const before = self.state;
    self.state = reduce(before, message);
    const isStep = message.type === "event" && self.state.seq === before.seq + 1;
    const isExplained = self.state.seq === before.seq || self.state.generation > before.generation || isStep;
    if (!isExplained) self.faults.push([message.type, before.seq, self.state.seq]);
  };
  self.feed = new Feed({ clock, session: {}, api: server, dispatch, cursor: () => self.state, isSessionValid: async () => true, random: draw });
  clock.start();
  self.feed.start();
  return self;
}

function steps(self, draw) {
  const { server, host, feed } = self;
  const modes = ["serving", "serving", "refusing", "dumb"];
  return [
    ...Array(6).fill(() => server.append()),
    ...Array(12).fill(() => server.deliver()),
    ...Array(6).fill(() => server.answer(draw() < 0.8)),
    ...Array(6).fill(() => host.pass(draw() * 5000)),
    () => host.pass(draw() * 60_000),
    () => server.cut(),
    () => server.cut(),
    () => server.become(modes[Math.floor(draw() * modes.length)]),
    () => server.restore(Math.floor(draw() * 4)),
    () => server.forget(),
    () => feed.offline(),
    () => feed.retryNow(),
    () => feed.retryNow(),
  ];
}

/** All is well again: whatever is under way comes to its end. */
async function recover({ server, host, feed }) {
  server.become("serving");
  await server.cut();
  feed.retryNow();
  for (let turn = 0; turn < 120; turn += 1) {
    host.pass(1000);
    server.deliver();
    server.answer(true);
    await settle();
  }
}

export const specs = {
  async "whatever happens, every event is told once and in order, or the page is read anew; and at last it is live"() {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const draw = drawing(seed);
      const self = page(draw);
      const possible = steps(self, draw);
      for (let step = 0; step < STEPS; step += 1) {
        await possible[Math.floor(draw() * possible.length)]();
        await settle();
      }
      await recover(self);
      const { seq, epoch, connection } = self.state;
      equal([seed, self.faults, seq, epoch, connection.state], [seed, [], self.server.top, self.server.epoch, "live"]);
      self.feed.stop();
    }
  },
};
