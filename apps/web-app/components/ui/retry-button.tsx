"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "./button";
import { ReloadIcon } from "./icons";

export function RetryButton({ label }: { label: string }) {
  const router = useRouter();
  const [pending, start] = useTransition();
  return (
    <Button aria-disabled={pending || undefined} onClick={() => start(() => router.refresh())}>
      <ReloadIcon className={pending ? "animate-spin" : ""} />
      {label}
    </Button>
  );
}
