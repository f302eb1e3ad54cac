// The frame around every page.
import { useEffect, useRef } from "preact/hooks";
import { isOutside } from "../routing/router.js";
import { ForgottenPage } from "./account/forgotten-page.js";
import { InvitationPage } from "./account/invitation-page.js";
import { ResetPage } from "./account/reset-page.js";
import { SignInPage } from "./account/sign-in-page.js";
import { AlertsPage } from "./alerts/alerts-page.js";
import { CategoriesPage } from "./categories/categories-page.js";
import { ComplaintPage } from "./complaint/complaint-page.js";
import { Banner } from "./frame/banner.js";
import { Header } from "./frame/header.js";
import { ToastStack } from "./frame/toast-stack.js";
import { ComplaintsPage } from "./list/complaints-page.js";
import { useApp } from "./shared/app-context.js";
import { Failure } from "./shared/failure.js";
import { html } from "./shared/html.js";
import { TelegramPage } from "./telegram/telegram-page.js";

const PAGES = { list: ComplaintsPage, complaint: ComplaintPage, alerts: AlertsPage, categories: CategoriesPage, telegram: TelegramPage };

/** After a change of page the reader starts at its heading; the way in has its own start. */
function useHeadingFocus({ name, reference }) {
  const before = useRef(null);
  const place = `${name} ${reference ?? ""}`;
  useEffect(() => {
    const isChange = before.current !== null && before.current !== place;
    before.current = place;
    if (!isChange || isOutside({ name })) return;
    scrollTo(0, history.state?.scrollPx ?? 0);
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [place]);
}

function Unknown({ problem }) {
  const { identify } = useApp();
  return html`<main class="unknown">
    ${problem ? html`<${Failure} problem=${problem} retry=${identify} />` : html`<p class="loading" role="status">Opening…</p>`}
  </main>`;
}

export function App() {
  const { state, router } = useApp();
  const { session, sessionProblem } = state.value;
  const route = router.route.value;
  useHeadingFocus(route);
  if (route.name === "reset") return html`<${ResetPage} token=${route.token} />`;
  if (route.name === "forgot") return html`<${ForgottenPage} />`;
  if (route.name === "invitation") return html`<${InvitationPage} token=${route.token} />`;
  if (session === "unknown") return html`<${Unknown} problem=${sessionProblem} />`;
  if (session === "out" || route.name === "sign-in") return html`<${SignInPage} />`;
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <${Header} />
    <${Banner} />
    <main id="main" tabindex="-1"><${PAGES[route.name]} key=${route.reference ?? route.name} /></main>
    <${ToastStack} />
  `;
}
