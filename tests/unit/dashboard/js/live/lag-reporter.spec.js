import { LagReporter } from "/static/now/js/live/lag-reporter.js";
import { Clock } from "/static/now/js/timing/clock.js";
import { equal, FakeHost } from "../expect.js";

function watching() {
  const host = Object.assign(new FakeHost(), { document: { visibilityState: "visible" }, frames: [] });
  host.requestAnimationFrame = (work) => host.frames.push(work);
  const sent = [];
  const clock = new Clock(host);
  clock.start();
  const reporter = new LagReporter({ clock, send: ({ seq }) => sent.push(seq), host });
  const draw = () => host.frames.splice(0).forEach((work) => work());
  return { host, reporter, sent, draw };
}

export const specs = {
  "an event is seen once it has been drawn"() {
    const { reporter, sent, draw } = watching();
    reporter.eventArrived(8);
    draw();
    equal(sent, []);
    draw();
    equal(sent, [8]);
  },

  "once in ten seconds is enough"() {
    const { reporter, sent, draw, host } = watching();
    const comeAndDraw = (seq) => [reporter.eventArrived(seq), draw(), draw()];
    comeAndDraw(8);
    host.pass(9999);
    comeAndDraw(9);
    host.pass(1);
    comeAndDraw(10);
    equal(sent, [8, 10]);
  },

  "a device whose time is set back goes on telling"() {
    const { reporter, sent, draw, host } = watching();
    const comeAndDraw = (seq) => [reporter.eventArrived(seq), draw(), draw()];
    comeAndDraw(8);
    host.setTime(-3_600_000);
    host.pass(11_000);
    comeAndDraw(9);
    equal(sent, [8, 9]);
  },

  "where nobody looks, nothing is seen"() {
    const { reporter, sent, draw, host } = watching();
    host.document.visibilityState = "hidden";
    reporter.eventArrived(8);
    draw();
    draw();
    equal(sent, []);
  },
};
