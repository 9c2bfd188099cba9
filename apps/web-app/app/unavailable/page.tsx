// Shown in place of a page (same address, status 503) when the API cannot be asked about the session.
import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import { ProblemState } from "@/components/ui/states";
import { AuthFrame } from "@/features/auth/frame";
import { unavailable } from "@/lib/api/problem";
import { handOver } from "@/lib/session/request";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("states"))("failedTitle") };
}

export default async function UnavailablePage() {
  const requestId = (await headers()).get(handOver.requestId) ?? "";
  return (
    <AuthFrame>
      <div className="w-full max-w-sm rounded-xl border border-line bg-surface shadow-xs">
        <h1 className="sr-only">{(await getTranslations("states"))("failedTitle")}</h1>
        <ProblemState problem={unavailable(requestId)} />
      </div>
    </AuthFrame>
  );
}
