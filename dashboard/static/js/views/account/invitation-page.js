// Where an invitation leads. The token stands behind the #, so that no server's log has it.
import { useApp } from "../shared/app-context.js";
import { html } from "../shared/html.js";
import { PasswordChoice } from "./password-choice.js";

export function InvitationPage({ token }) {
  const { actions } = useApp();
  return html`<${PasswordChoice} heading="Welcome to Redress" choose=${(password) => actions.acceptInvitation(token, password)} />`;
}
