import { getTranslations } from "next-intl/server";
import { ButtonLink } from "@/components/ui/button";
import { AuthCard, AuthFrame } from "@/features/auth/frame";

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <AuthFrame>
      <AuthCard title={t("title")} text={t("text")}>
        <ButtonLink href="/select" size="lg">
          {t("back")}
        </ButtonLink>
      </AuthCard>
    </AuthFrame>
  );
}
