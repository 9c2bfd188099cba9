import type { ComponentProps } from "react";
import { AppLink } from "./app-link";

type Look = { variant?: "primary" | "secondary" | "ghost" | "danger"; size?: "sm" | "md" | "lg" };

const base =
  "inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors duration-100 " +
  "disabled:opacity-60 aria-disabled:opacity-60";

const variants = {
  primary: "bg-accent text-on-accent shadow-xs hover:bg-accent-strong",
  secondary: "border border-line-strong bg-surface text-ink shadow-xs hover:bg-sunken",
  ghost: "text-muted hover:bg-sunken hover:text-ink",
  danger: "bg-danger-fill text-on-accent shadow-xs hover:opacity-90",
};

const sizes = { sm: "h-7 px-2.5 text-sm", md: "h-8 px-3 text-sm", lg: "h-10 px-4 text-base" };

export function buttonLook({ variant = "secondary", size = "md" }: Look): string {
  return `${base} ${variants[variant]} ${sizes[size]}`;
}

export function Button({ variant, size, className = "", type = "button", ...rest }: Look & ComponentProps<"button">) {
  return <button type={type} className={`${buttonLook({ variant, size })} ${className}`} {...rest} />;
}

export function ButtonLink({ variant, size, className = "", ...rest }: Look & ComponentProps<typeof AppLink>) {
  return <AppLink className={`${buttonLook({ variant, size })} ${className}`} {...rest} />;
}
