// Where a link for a lost password leads. The token stands behind the #, so that no server's log has it.
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { PasswordChoice } from "./password-choice.js";

export function ResetPage({ token }) {
  const { actions } = useApp();
  return html`<${PasswordChoice} heading="Another password" choose=${(password) => actions.resetPassword(token, password)} />`;
}
