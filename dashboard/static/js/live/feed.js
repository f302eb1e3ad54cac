// Who feeds the page: the socket, or, where none comes to hold, the poller. From `welcome` on the socket feeds alone,
// and the poller's answers are dropped; both begin after the page's own cursor. So nothing comes twice, nothing is
// left out, and a page is never fed from two epochs.
import { Alarm } from "../timing/timeout.js";
import { Seen } from "./lag-reporter.js";
import { Poller } from "./poller.js";
import { Socket } from "./socket.js";

const PATIENCE_MS = 8000;
const FAILURES = 3;

export class Feed {
  #dispatch;
  #cursor;
  #socket;
  #poller;
  #seen;
  #unfed;
  #random;
  #running = false;
  #isOver = false;
  #isWelcome = false;
  #isLive = false;
  #viewed = null;

  /** `cursor()` → {seq, epoch, visible}; `stillTrusted()` → whether the session holds, throws where nobody can know. */
  constructor({ clock, session, api, cursor, dispatch, stillTrusted, random = Math.random }) {
    this.#dispatch = dispatch;
    this.#cursor = cursor;
    this.#random = random;
    this.#unfed = new Alarm(clock);
    this.#seen = new Seen({ clock, send: (message) => this.#socket.send(message) });
    const greeting = () => this.#greeting();
    this.#socket = new Socket({ clock, session, greeting, stillTrusted, random, dispatch: (message) => this.#hear(message) });
    const isBack = () => this.#socket.nudge();
    this.#poller = new Poller({ clock, api, cursor, dispatch, isBack, random, isSeen: () => cursor().visible });
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#seek();
  }

  /** What was over, for no retry would have helped, may begin anew after this. */
  stop() {
    this.#running = false;
    this.#isOver = false;
    this.#rest();
  }

  offline() {
    if (!this.#running || this.#isOver) return;
    this.#rest();
    this.#dispatch({ type: "link_changed", state: "offline" });
  }

  /** The network is back, or somebody looks. */
  nudge() {
    if (!this.#running || this.#isOver) return;
    this.#seek();
    this.#socket.nudge();
    this.#poller.nudge();
  }

  /** The complaint on screen, or null. */
  view(id) {
    if (id === this.#viewed) return;
    this.#viewed = id;
    this.#socket.send({ type: "viewing", id });
  }

  #greeting() {
    const { seq, epoch } = this.#cursor();
    const subscribe = { type: "subscribe", after: seq, epoch };
    return this.#viewed ? [subscribe, { type: "viewing", id: this.#viewed }] : [subscribe];
  }

  #hear(message) {
    if (message.type === "link_changed") return this.#linkChanged(message);
    if (message.type === "welcome") this.#welcomed();
    if (message.type === "live" || message.type === "resync") this.#fed();
    else if (!this.#isLive) this.#bePatient();
    this.#dispatch(message);
    if (message.type === "event" && this.#isLive) this.#seen.came(message.seq);
    return null;
  }

  #welcomed() {
    this.#isWelcome = true;
    this.#poller.stop();
  }

  #fed() {
    this.#isLive = true;
    this.#unfed.off();
  }

  /** What the socket tries in the background is no news while the poller feeds. */
  #linkChanged(message) {
    [this.#isWelcome, this.#isLive] = [false, false];
    if (message.state === "stopped") this.#end();
    else if (this.#socket.failures >= FAILURES) this.#poller.start();
    else this.#seek();
    if (!this.#poller.works) this.#dispatch(message);
  }

  #seek() {
    this.#socket.start();
    if (!this.#isLive && !this.#unfed.isSet) this.#bePatient();
  }

  /** Something may still come. Spread, for a server that is slow to welcome many must not be asked by all at once. */
  #bePatient() {
    this.#unfed.set(PATIENCE_MS * (1 + this.#random() / 2), () => this.#losePatience());
  }

  /** A socket that fell silent after its welcome must not wake up beside the poller. */
  #losePatience() {
    if (this.#isWelcome) this.#socket.cut();
    this.#poller.start();
  }

  #end() {
    this.#isOver = true;
    this.#rest();
  }

  #rest() {
    [this.#isWelcome, this.#isLive] = [false, false];
    this.#unfed.off();
    this.#socket.stop();
    this.#poller.stop();
  }
}
