"use client";
// The few sentences every client component may need, resolved on the server and handed down once, so
// that no message catalogue reaches the browser.
import { createContext, useContext, type ReactNode } from "react";

export type UiLabels = Record<
  | "boundaryText"
  | "boundaryTitle"
  | "close"
  | "failed"
  | "hidePassword"
  | "requestId"
  | "retry"
  | "showPassword"
  | "working",
  string
>;

const Context = createContext<UiLabels | null>(null);

export function Labels({ value, children }: { value: UiLabels; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

export function useLabels(): UiLabels {
  const labels = useContext(Context);
  if (!labels) throw new Error("Labels is missing above this component");
  return labels;
}
