"use client";
// Listens for notices; the toasts themselves are fetched with the first one.
import { lazy, Suspense, useEffect, useState } from "react";
import { onNotice } from "./notices";

const ToastStack = lazy(() => import("./toast-stack"));

export function Toaster() {
  const [first, setFirst] = useState<string | null>(null);
  useEffect(() => (first === null ? onNotice(setFirst) : undefined), [first]);
  if (first === null) return null;
  return (
    <Suspense>
      <ToastStack first={first} />
    </Suspense>
  );
}
