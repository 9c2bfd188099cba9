import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { SignIn } from "@/features/auth/sign-in";
import { returnPath } from "@/lib/http/return-path";
import { isSignedIn } from "@/lib/session/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signIn"))("title") };
}

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { next, ended } = await searchParams;
  const wanted = typeof next === "string" ? returnPath(next) : null;
  if (await isSignedIn()) redirect(wanted ?? "/select");
  return <SignIn next={wanted} ended={ended === "1"} />;
}
