// Who feeds the page: the socket, or, where none comes to hold, the poller. From `welcome` on the socket feeds alone,
// and the poller's answers are dropped; both begin after the page's own cursor. So nothing comes twice, nothing is
// left out, and a page is never fed from two epochs. What comes is dispatched, and taken in by store/events.js.
import { Timeout } from "../timing/timeout.js";
import { LagReporter } from "./lag-reporter.js";
import { Poller } from "./poller.js";
import { ReconnectingSocket } from "./reconnecting-socket.js";

const FALLBACK_AFTER_MS = 8000;
const FAILURES = 3;

export class Feed {
  #dispatch;
  #cursor;
  #socket;
  #poller;
  #lagReporter;
  #fallback;
  #random;
  #running = false;
  #isOver = false;
  #isWelcome = false;
  #isLive = false;
  #viewed = null;

  /** `cursor()` → {seq, epoch, visible}; `isSessionValid()` → whether the session holds, throws where nobody can know. */
  constructor({ clock, session, api, cursor, dispatch, isSessionValid, random = Math.random }) {
    this.#dispatch = dispatch;
    this.#cursor = cursor;
    this.#random = random;
    this.#fallback = new Timeout(clock);
    this.#lagReporter = new LagReporter({ clock, send: (message) => this.#socket.send(message) });
    const greeting = () => this.#greeting();
    this.#socket = new ReconnectingSocket({ clock, session, greeting, isSessionValid, random, dispatch: (message) => this.#receive(message) });
    const isBack = () => this.#socket.retryNow();
    this.#poller = new Poller({ clock, api, cursor, dispatch, isBack, random, isVisible: () => cursor().visible });
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
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
    this.#dispatch({ type: "connection_changed", state: "offline" });
  }

  /** The network is back, or somebody looks. */
  retryNow() {
    if (!this.#running || this.#isOver) return;
    this.#connect();
    this.#socket.retryNow();
    this.#poller.retryNow();
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

  #receive(message) {
    if (message.type === "connection_changed") return this.#connectionChanged(message);
    if (message.type === "welcome") this.#welcomed();
    if (message.type === "live" || message.type === "resync") this.#becameLive();
    else if (!this.#isLive) this.#awaitSocket();
    this.#dispatch(message);
    if (message.type === "event" && this.#isLive) this.#lagReporter.eventArrived(message.seq);
    return null;
  }

  #welcomed() {
    this.#isWelcome = true;
    this.#poller.stop();
  }

  #becameLive() {
    this.#isLive = true;
    this.#fallback.cancel();
  }

  /** What the socket tries in the background is no news while the poller feeds. */
  #connectionChanged(message) {
    [this.#isWelcome, this.#isLive] = [false, false];
    if (message.state === "stopped") this.#end();
    else if (this.#socket.failures >= FAILURES) this.#poller.start();
    else this.#connect();
    if (!this.#poller.works) this.#dispatch(message);
  }

  #connect() {
    this.#socket.start();
    if (!this.#isLive && !this.#fallback.isSet) this.#awaitSocket();
  }

  /** Something may still come. Spread, for a server that is slow to welcome many must not be asked by all at once. */
  #awaitSocket() {
    this.#fallback.set(FALLBACK_AFTER_MS * (1 + this.#random() / 2), () => this.#fallBack());
  }

  /** A socket that fell silent after its welcome must not wake up beside the poller. */
  #fallBack() {
    if (this.#isWelcome) this.#socket.cut();
    this.#poller.start();
  }

  #end() {
    this.#isOver = true;
    this.#rest();
  }

  #rest() {
    [this.#isWelcome, this.#isLive] = [false, false];
    this.#fallback.cancel();
    this.#socket.stop();
    this.#poller.stop();
  }
}
