import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { SignUp } from "@/features/auth/sign-up";
import { isSignedIn } from "@/lib/session/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signUp"))("title") };
}

export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const { invite } = await searchParams;
  if (await isSignedIn()) redirect("/select");
  return <SignUp invite={typeof invite === "string" ? invite : null} />;
}
