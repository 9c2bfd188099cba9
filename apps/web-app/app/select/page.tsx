import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AuthFrame } from "@/features/auth/frame";
import { SelectTenant } from "@/features/tenants/select";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("select"))("title") };
}

export default function SelectPage() {
  return (
    <AuthFrame>
      <SelectTenant />
    </AuthFrame>
  );
}
