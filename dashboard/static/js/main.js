// Puts the page together, starts it, and takes it down when it is left.
import { effect, signal } from "@preact/signals";
import { options, render } from "preact";
import { Api } from "./http/api.js";
import { Session } from "./http/session.js";
import { Feed } from "./live/feed.js";
import { Actions } from "./loading/actions.js";
import { AlertsLoader } from "./loading/alerts-loader.js";
import { ComplaintLoader } from "./loading/complaint-loader.js";
import { ListLoader } from "./loading/list-loader.js";
import { LookupLoader } from "./loading/lookup-loader.js";
import { Subscriptions } from "./loading/subscriptions.js";
import { isOutside, Router, signInAddress } from "./routing/router.js";
import { initial, reduce } from "./store/reducer.js";
import { Clock } from "./timing/clock.js";
import { App } from "./views/app.js";
import { titleFor } from "./views/frame/document-title.js";
import { AppContext } from "./views/shared/app-context.js";
import { html } from "./views/shared/html.js";

const SECOND_MS = 1000;

// A burst of events is drawn once a frame, not once an event.
options.debounceRendering = (work) => requestAnimationFrame(work);

const state = signal(initial);
const dispatch = (message) => {
  state.value = reduce(state.peek(), message);
};
const clock = new Clock();
const router = new Router();
const session = new Session();
const api = new Api({ session, onSignedOut: () => dispatch({ type: "signed_out" }) });
const actions = new Actions({ api, dispatch });
const parts = { api, state, dispatch, clock, route: router.route };
const loaders = {
  list: new ListLoader(parts),
  complaint: new ComplaintLoader(parts),
  alerts: new AlertsLoader(parts),
  lookups: new LookupLoader(parts),
};
const feed = new Feed({
  clock,
  session,
  api,
  dispatch,
  cursor: () => state.peek(),
  isSessionValid: () => actions.whoAmI().then(() => true),
});
const subscriptions = new Subscriptions();

async function identify() {
  if (state.peek().session !== "unknown") return;
  try {
    await actions.whoAmI();
  } catch (problem) {
    dispatch({ type: "unidentified", problem });
  }
}

/** The feed waits for the first answer, which brings the cursor to subscribe after. */
function isSettled({ session: known, list, detail }, { name }) {
  if (known !== "in" || isOutside({ name })) return false;
  if (name === "list") return list.state !== "empty" && list.state !== "loading";
  return name !== "complaint" || detail.state === "ready" || detail.state === "failed";
}

/** What others are told that this operator looks at. */
function viewed() {
  const { detail, visible } = state.value;
  return visible && !detail.removed ? detail.id : null;
}

function followSession() {
  const { session: known } = state.value;
  const route = router.route.value;
  if (known === "out") feed.stop();
  if (known === "out" && !isOutside(route)) {
    router.go(signInAddress(location.pathname + location.search), { replace: true });
  }
  if (known === "in" && route.name === "sign-in") router.go(route.next, { replace: true });
  if (isSettled(state.value, route)) feed.start();
}

function listen() {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  addEventListener("online", () => feed.retryNow(), options);
  addEventListener("offline", () => feed.offline(), options);
  document.addEventListener("visibilitychange", look, options);
  return () => controller.abort();
}

function look() {
  const visible = document.visibilityState === "visible";
  dispatch({ type: "visibility", visible });
  if (visible && navigator.onLine) feed.retryNow();
}

function start() {
  clock.start();
  router.start();
  for (const loader of Object.values(loaders)) loader.start();
  subscriptions.add(
    clock.every(SECOND_MS, () => dispatch({ type: "tick", atMs: Date.now() })),
    listen(),
    effect(followSession),
    effect(() => {
      document.title = titleFor(state.value, router.route.value);
    }),
  );
  subscriptions.watch(viewed, (id) => feed.view(id));
  look();
  void identify();
}

/** Nothing may outlive the page: a page kept for the back button is started again by `pageshow`. */
function stop() {
  subscriptions.end();
  feed.stop();
  for (const loader of Object.values(loaders)) loader.stop();
  router.stop();
  clock.stop();
  api.abandon();
}

addEventListener("pagehide", stop);
addEventListener("pageshow", (event) => event.persisted && start());
start();
const app = { state, dispatch, api, actions, router, clock, loaders, identify };
render(html`<${AppContext.Provider} value=${app}><${App} /><//>`, document.getElementById("app"));
