import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Invite } from "@/features/auth/invite";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("invite"))("title") };
}

export default async function InvitePage({ params }: PageProps<"/invite/[token]">) {
  return <Invite token={decodeURIComponent((await params).token)} />;
}
