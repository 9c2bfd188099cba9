"use client";
// What stands in for a page that failed in a way nobody foresaw.
import { useEffect } from "react";
import { Button } from "./button";
import { AlertIcon, ReloadIcon } from "./icons";
import { useLabels } from "./labels";

export function Boundary({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  const labels = useLabels();
  useEffect(() => {
    document.getElementById("main")?.focus();
  }, []);
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-16 text-center">
      <AlertIcon className="mb-3 size-6 text-danger" />
      <p className="font-semibold">{labels.boundaryTitle}</p>
      <p className="mt-1 max-w-sm text-sm text-muted">{labels.boundaryText}</p>
      <Button className="mt-4" onClick={retry}>
        <ReloadIcon />
        {labels.retry}
      </Button>
      {error.digest ? <p className="mt-3 font-mono text-xs text-faint">{error.digest}</p> : null}
    </div>
  );
}
