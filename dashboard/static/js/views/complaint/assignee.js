// Whose it is.
import { useApp } from "../shared/app-context.js";
import { Avatar } from "../shared/badges.js";
import { Failure, useWork } from "../shared/failure.js";
import { html } from "../shared/html.js";

/** Who may be chosen: the present assignee too, though the list of operators may not have them. */
function choices(operators, assignee) {
  const agents = operators.filter(({ role }) => role !== "viewer");
  const isListed = !assignee || agents.some(({ id }) => id === assignee.id);
  return isListed ? agents : [assignee, ...agents];
}

function Choose({ complaint, operators, work }) {
  const { actions } = useApp();
  const choose = ({ currentTarget: { value } }) =>
    work.run(() => (value ? actions.assign(complaint, value) : actions.unassign(complaint)));
  return html`<select aria-label="Assign to" disabled=${work.busy} value=${complaint.assignee?.id ?? ""} onChange=${choose}>
    <option value="">Nobody</option>
    ${choices(operators, complaint.assignee).map(({ id, name }) => html`<option key=${id} value=${id} dir="auto">${name}</option>`)}
  </select>`;
}

export function Assignee({ complaint, acts }) {
  const { state, actions } = useApp();
  const { operator, operators } = state.value;
  const work = useWork();
  const { assignee } = complaint;
  const mine = assignee?.id === operator.id;
  return html`<section class="assignment" aria-label="Assignee">
    <div class="assign">
      <${Avatar} name=${assignee?.name} />
      ${acts && operators.length
        ? html`<${Choose} key=${assignee?.id} complaint=${complaint} operators=${operators} work=${work} />`
        : html`<span class="name"><bdi>${assignee?.name ?? "Assigned to nobody"}</bdi></span>`}
      ${acts && !mine && html`<button type="button" disabled=${work.busy} onClick=${() => work.run(() => actions.take(complaint))}>
        ${assignee ? "Take over" : "Assign to me"}</button>`}
    </div>
    <${Failure} problem=${work.problem} />
  </section>`;
}
