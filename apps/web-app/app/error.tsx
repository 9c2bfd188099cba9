"use client";
import { Boundary } from "@/components/ui/boundary";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="main" tabIndex={-1}>
      <Boundary error={error} retry={reset} />
    </main>
  );
}
