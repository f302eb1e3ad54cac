// The sandbox's own HTTP interface. Every call throws an Error with a text for people.

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/sandbox/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The sandbox does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

export const readState = () => call("GET", "state");
export const addUser = (user) => call("POST", "users", user);
export const addGroup = (group) => call("POST", "chats", group);
export const say = (chatId, message) => call("POST", `chats/${chatId}/messages`, message);
export const press = (chatId, button) => call("POST", `chats/${chatId}/press`, button);
export const change = (chatId, verb) => call("POST", `chats/${chatId}/${verb}`, {});
export const deleteChat = (chatId) => call("DELETE", `chats/${chatId}`);
export const addFault = (fault) => call("POST", "faults", fault);
export const removeFault = (id) => call("DELETE", `faults/${id}`);
export const setLimits = (limits) => call("PUT", "limits", limits);
export const reset = () => call("POST", "reset", {});
