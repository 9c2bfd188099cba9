"use client";
// A link that prefetches when a person means it (pointer or focus on it), not because it is in view:
// every page is rendered per request, so prefetching whole menus would multiply the server's work.
import Link from "next/link";
import { useState, type ComponentProps } from "react";

export function AppLink({ onPointerEnter, onFocus, ...rest }: Omit<ComponentProps<typeof Link>, "prefetch">) {
  const [meant, setMeant] = useState(false);
  return (
    <Link
      {...rest}
      prefetch={meant ? null : false}
      onPointerEnter={(event) => {
        setMeant(true);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        setMeant(true);
        onFocus?.(event);
      }}
    />
  );
}
