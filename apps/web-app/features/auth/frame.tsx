import { getTranslations } from "next-intl/server";
import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "@/components/ui/layout";
import { Preferences } from "@/features/shell/preferences";

/** The quiet page around every entrance. */
export async function AuthFrame({ children }: { children: ReactNode }) {
  const t = await getTranslations("app");
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="px-4 py-4 sm:px-8">
        <Link href="/" className="rounded-md" prefetch={false}>
          <Logo name={t("name")} />
        </Link>
      </header>
      <main id="main" tabIndex={-1} className="flex grow items-start justify-center px-4 pt-[6vh] pb-16 sm:pt-[10vh]">
        {children}
      </main>
      <footer className="px-4 py-4 sm:px-8">
        <Preferences />
      </footer>
    </div>
  );
}

type CardProps = { title: string; text?: ReactNode; footer?: ReactNode; children?: ReactNode };

export function AuthCard({ title, text, footer, children }: CardProps) {
  return (
    <div className="w-full max-w-sm">
      <div className="rounded-xl border border-line bg-surface p-6 shadow-xs sm:p-8">
        <h1 className="text-xl font-semibold">{title}</h1>
        {text ? <p className="mt-1 text-pretty text-muted">{text}</p> : null}
        {children ? <div className="mt-6 grid gap-4">{children}</div> : null}
      </div>
      {footer ? <p className="mt-5 text-center text-sm text-muted">{footer}</p> : null}
    </div>
  );
}

export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} prefetch={false} className="rounded-sm font-medium text-accent-ink underline decoration-accent-ink/35 underline-offset-3 hover:decoration-current">
      {children}
    </Link>
  );
}
