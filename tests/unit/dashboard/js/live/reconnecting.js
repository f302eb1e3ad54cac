// A page's feed whose sockets a real server ends as soon as they are live; what it makes is counted.
import { signal } from "@preact/signals-core";
import { Feed } from "/static/now/js/live/feed.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";
import { Clock } from "/static/now/js/timing/clock.js";

const SHORT_WHILE_MS = 20;

/** Knows what it was asked to do later and neither did nor was told to leave. */
class CountingClock extends Clock {
  pending = new Set();

  in(delayMs, work) {
    const entry = {};
    this.pending.add(entry);
    const callOff = super.in(delayMs, () => {
      this.pending.delete(entry);
      work();
    });
    return () => {
      this.pending.delete(entry);
      callOff();
    };
  }
}

/** `address` is the server's. Returns {reached(count), stop(), counts()}. */
export function reconnecting(address) {
  const armed = countTimers();
  const made = countSockets(address);
  const state = signal({ ...initial, session: "in", seq: 0, epoch: "e" });
  const clock = new CountingClock();
  const feed = new Feed({
    clock,
    session: {},
    api: { get: async () => ({ items: [], head: state.value.seq, epoch: "e", complete: true, more: false }) },
    cursor: () => state.peek(),
    dispatch: (message) => {
      state.value = reduce(state.peek(), message);
    },
    isSessionValid: async () => true,
    random: () => 0,
  });
  clock.start();
  feed.start();
  return {
    reached: async (count) => {
      while (made.count < count) await sleep(SHORT_WHILE_MS);
    },
    stop: () => {
      feed.stop();
      clock.stop();
    },
    counts: () => ({ made: made.count, timers: armed.size, pending: clock.pending.size, seq: state.value.seq }),
  };
}

const sleep = (delayMs) => new Promise((resolve) => scheduler.postTask(resolve, { delay: delayMs }));

function countTimers() {
  const [set, clear] = [globalThis.setTimeout, globalThis.clearTimeout];
  const armed = new Set();
  globalThis.setTimeout = (work, delayMs) => {
    const id = set(() => {
      armed.delete(id);
      work();
    }, delayMs);
    armed.add(id);
    return id;
  };
  globalThis.clearTimeout = (id) => {
    armed.delete(id);
    clear(id);
  };
  return armed;
}

function countSockets(address) {
  const made = { count: 0 };
  globalThis.WebSocket = class extends WebSocket {
    constructor() {
      super(address);
      made.count += 1;
    }
  };
  return made;
}
