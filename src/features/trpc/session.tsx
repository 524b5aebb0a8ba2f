"use client";

import { createContext, useContext } from "react";

export interface Session {
  /** True from the first answer that says so until somebody has signed in again: subscriptions pause meanwhile. */
  expired: boolean;
}

export const SessionContext = createContext<Session>({ expired: false });

export function useSession(): Session {
  return useContext(SessionContext);
}
