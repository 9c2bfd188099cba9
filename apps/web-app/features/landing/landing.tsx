import { getTranslations } from "next-intl/server";
import Link from "next/link";
import { ButtonLink } from "@/components/ui/button";
import { ActivityIcon, ArrowRightIcon, KeyIcon, LayersIcon, ShieldIcon, UsersIcon, DeviceIcon } from "@/components/ui/icons";
import { Logo } from "@/components/ui/layout";
import { Preferences } from "@/features/shell/preferences";
import { isSignedIn } from "@/lib/session/current";

const features = [
  { key: "tenancy", icon: LayersIcon },
  { key: "sessions", icon: KeyIcon },
  { key: "team", icon: UsersIcon },
  { key: "audit", icon: ActivityIcon },
  { key: "security", icon: ShieldIcon },
  { key: "hosting", icon: DeviceIcon },
] as const;

export async function Landing() {
  const [app, t, signedIn] = await Promise.all([getTranslations("app"), getTranslations("landing"), isSignedIn()]);
  const start = signedIn ? { href: "/select", label: t("open") } : { href: "/sign-up", label: t("start") };
  return (
    <div className="landing-backdrop flex min-h-dvh flex-col">
      <header className="mx-auto flex w-full max-w-5xl items-center justify-between gap-4 px-4 py-4 sm:px-8">
        <Link href="/" className="rounded-md" prefetch={false}>
          <Logo name={app("name")} />
        </Link>
        <nav aria-label={t("navigation")} className="flex items-center gap-2">
          {signedIn ? null : (
            <ButtonLink variant="ghost" href="/sign-in">
              {t("signIn")}
            </ButtonLink>
          )}
          <ButtonLink variant="primary" href={start.href}>
            {start.label}
          </ButtonLink>
        </nav>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl grow px-4 sm:px-8">
        <section className="grid items-center gap-10 py-14 sm:py-20 lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
          <div>
            <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
            <p className="mt-5 max-w-xl text-lg text-muted">{t("text")}</p>
            <div className="mt-7 flex flex-wrap gap-3">
              <ButtonLink variant="primary" size="lg" href={start.href}>
                {start.label}
                <ArrowRightIcon />
              </ButtonLink>
              {signedIn ? null : (
                <ButtonLink size="lg" href="/sign-in">
                  {t("signIn")}
                </ButtonLink>
              )}
            </div>
          </div>
          <Steps />
        </section>
        <section aria-labelledby="features" className="border-t border-line py-12 sm:py-16">
          <h2 id="features" className="text-xl font-semibold">
            {t("featuresTitle")}
          </h2>
          <ul className="mt-6 grid gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-2 lg:grid-cols-3">
            {features.map(({ key, icon: Icon }) => (
              <li key={key} className="bg-surface p-5">
                <Icon className="size-5 text-accent-ink" />
                <h3 className="mt-3 font-semibold">{t(`features.${key}.title`)}</h3>
                <p className="mt-1 text-sm text-muted">{t(`features.${key}.text`)}</p>
              </li>
            ))}
          </ul>
        </section>
      </main>
      <footer className="border-t border-line">
        <div className="mx-auto flex w-full max-w-5xl flex-wrap items-center justify-between gap-4 px-4 py-5 sm:px-8">
          <p className="text-sm text-muted">{t("license")}</p>
          <Preferences />
        </div>
      </footer>
    </div>
  );
}

/** From nothing to a workspace, in the order in which it happens. */
async function Steps() {
  const t = await getTranslations("landing");
  const steps = ["account", "confirm", "workspace", "invite"] as const;
  return (
    <ol className="relative grid gap-3">
      {steps.map((step, index) => (
        <li key={step} className="flex items-start gap-3.5 rounded-lg border border-line bg-surface p-4 shadow-xs">
          <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink tabular-nums">
            {index + 1}
          </span>
          <span>
            <span className="block font-medium">{t(`steps.${step}.title`)}</span>
            <span className="mt-0.5 block text-sm text-muted">{t(`steps.${step}.text`)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
