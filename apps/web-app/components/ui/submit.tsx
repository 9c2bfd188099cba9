"use client";
import type { ComponentProps } from "react";
import { Button } from "./button";
import { useForm } from "./form";
import { useLabels } from "./labels";

export function Submit({ children, variant = "primary", ...rest }: ComponentProps<typeof Button>) {
  const { pending } = useForm();
  const labels = useLabels();
  return (
    // Not `disabled`: that would take the focus away while the form is on its way.
    <Button type="submit" variant={variant} aria-disabled={pending || undefined} {...rest}>
      {pending ? <span aria-hidden="true" className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent" /> : null}
      {children}
      {pending ? <span className="sr-only">{labels.working}</span> : null}
    </Button>
  );
}
