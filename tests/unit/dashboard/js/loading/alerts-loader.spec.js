import { signal } from "@preact/signals-core";
import { AlertsLoader } from "/static/now/js/loading/alerts-loader.js";
import { initial, reduce } from "/static/now/js/store/reducer.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost, settle } from "../expect.js";

const alertSignal = { type: "signal", name: "alert", complaint: "id-1", alert: { id: "a", state: "sent" } };

/** The page of a complaint whose alert is under way; `answer()` lets the request that waits longest be answered. */
async function opened(alertState = "pending") {
  const host = new FakeHost();
  const clock = new Clock(host);
  const state = signal(initial);
  const dispatch = (...messages) => {
    state.value = messages.reduce(reduce, state.peek());
  };
  const waiting = [];
  const parts = { host, dispatch, asked: 0, state };
  const get = () => {
    parts.asked += 1;
    return new Promise((resolve) => waiting.push(() => resolve({ items: [{ id: "a", state: alertState }] })));
  };
  parts.answer = async () => {
    waiting.shift()?.();
    await settle();
  };
  clock.start();
  dispatch({ type: "detail_opened", reference: "RD-1" });
  dispatch({ type: "detail_arrived", reference: "RD-1", id: "id-1", events: [], comments: [] });
  parts.loader = new AlertsLoader({ api: { get }, state, dispatch, clock });
  parts.loader.start();
  await parts.answer();
  return parts;
}

/** Lets as many seconds pass, with a server that answers. */
async function pass(parts, seconds) {
  for (let second = 0; second < seconds; second += 1) {
    parts.host.pass(1000);
    await parts.answer();
  }
}

export const specs = {
  async "a complaint that is opened has its alerts read"() {
    const { asked, state } = await opened();
    equal([asked, state.value.detail.alerts.length], [1, 1]);
  },

  async "a burst of signals while they are read is one more reading"() {
    const parts = await opened();
    for (let count = 0; count < 5; count += 1) parts.dispatch(alertSignal);
    equal(parts.asked, 2);
    await parts.answer();
    equal(parts.asked, 3);
    await parts.answer();
    equal(parts.asked, 3);
  },

  async "without signals they are looked at while one is under way"() {
    const parts = await opened();
    await pass(parts, 11);
    equal(parts.asked, 3);
  },

  async "a device whose time is set back goes on looking"() {
    const parts = await opened();
    parts.host.setTime(-3_600_000);
    await pass(parts, 12);
    equal(parts.asked, 3);
  },

  async "where signals come there is little reason to look"() {
    const parts = await opened();
    parts.dispatch(alertSignal);
    await parts.answer();
    await pass(parts, 29);
    equal(parts.asked, 2);
    await pass(parts, 1);
    equal(parts.asked, 3);
  },

  async "where nothing is under way, or nobody looks, they are left alone"() {
    const settled = await opened("sent");
    await pass(settled, 60);
    equal(settled.asked, 1);
    const unseen = await opened();
    unseen.dispatch({ type: "visibility", visible: false });
    await pass(unseen, 60);
    equal(unseen.asked, 1);
  },

  async "stopped it reads nothing more"() {
    const parts = await opened();
    parts.loader.stop();
    parts.dispatch(alertSignal);
    await pass(parts, 60);
    equal(parts.asked, 1);
  },
};
