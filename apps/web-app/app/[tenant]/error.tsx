"use client";
import { Boundary } from "@/components/ui/boundary";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <Boundary error={error} retry={reset} />;
}
