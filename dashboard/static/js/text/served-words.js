// The product's own lists, as the server gave them with the page: they stand in no module of ours a second time.
const served = JSON.parse(document.getElementById("words").textContent);

/** kind of alert → {label, choice}; `choice` is null where chats don't choose the kind. */
export const ALERT_KINDS = served.alert_kinds;

/** Every state of an alert, in the order in which an address names them. */
export const ALERT_STATES = served.alert_states;

/** what became of one attempt → in words. */
export const ATTEMPT_OUTCOMES = served.attempt_outcomes;

/** The details of a complaint's page, in their order: [{field, label, form, done}]. */
export const COMPLAINT_FACTS = served.complaint_facts;

/** Whether mail goes out here. */
export const MAILS = served.mails;
