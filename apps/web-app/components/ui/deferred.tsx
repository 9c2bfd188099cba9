"use client";
// A pop-up whose code is fetched when somebody means it: on pointer or focus it is fetched, on a click
// it opens. Until then there is only its trigger, so pages stay light.
import { lazy, Suspense, useState, type ComponentProps, type ComponentType } from "react";

export type TriggerProps = ComponentProps<"button">;

export function deferred<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  Trigger: ComponentType<P & TriggerProps>,
): ComponentType<P> {
  const Loaded = lazy(load);
  const fetchAhead = () => void load();
  return function Deferred(props: P) {
    const [wanted, setWanted] = useState(false);
    const open = () => setWanted(true);
    const trigger = (
      <Trigger
        {...props}
        aria-haspopup="menu"
        aria-expanded={false}
        onPointerEnter={fetchAhead}
        onFocus={fetchAhead}
        onClick={open}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          open();
        }}
      />
    );
    if (!wanted) return trigger;
    return (
      <Suspense fallback={trigger}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
