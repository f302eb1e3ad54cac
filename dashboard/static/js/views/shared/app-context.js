// What views may use: {state, dispatch, api, router, clock, loaders, actions, identify}. Made once, in main.js.
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export const AppContext = createContext(null);

export function useApp() {
  return useContext(AppContext);
}
