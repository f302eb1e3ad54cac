import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost } from "../expect.js";

function started() {
  const host = new FakeHost();
  const clock = new Clock(host);
  clock.start();
  return { host, clock };
}

export const specs = {
  "however much is asked for, one time-out is armed"() {
    const { host, clock } = started();
    clock.in(500, () => {});
    clock.every(300, () => {});
    clock.in(9000, () => {});
    equal(host.armed, 1);
  },

  "work is done at its time, in order, and once"() {
    const { host, clock } = started();
    const done = [];
    clock.in(700, () => done.push("late"));
    clock.in(200, () => done.push("early"));
    host.pass(199);
    equal(done, []);
    host.pass(5000);
    equal(done, ["early", "late"]);
  },

  "what was called off is not done"() {
    const { host, clock } = started();
    const done = [];
    const callOff = clock.every(100, () => done.push("tick"));
    host.pass(250);
    callOff();
    host.pass(1000);
    equal(done, ["tick", "tick"]);
  },

  "now moves once a second"() {
    const { host, clock } = started();
    const beforeMs = clock.nowMs.value;
    host.pass(3400);
    equal(clock.nowMs.value - beforeMs, 3000);
  },

  "a device whose time is set back does its work none the later"() {
    const { host, clock } = started();
    const done = [];
    clock.in(5000, () => done.push("once"));
    host.setTime(-3_600_000);
    host.pass(6000);
    equal([done, clock.nowMs.value], [["once"], host.Date.now()]);
  },

  "what fell due while the device slept is done on waking"() {
    const { host, clock } = started();
    const done = [];
    clock.in(45_000, () => done.push("silence"));
    host.setTime(3_600_000);
    host.pass(1000);
    equal(done, ["silence"]);
  },

  "a stopped clock arms nothing, and a started one does what fell due"() {
    const { host, clock } = started();
    const done = [];
    clock.in(500, () => done.push("work"));
    clock.stop();
    host.pass(10_000);
    equal([host.armed, done], [0, []]);
    clock.start();
    host.pass(0);
    equal(done, ["work"]);
  },
};
