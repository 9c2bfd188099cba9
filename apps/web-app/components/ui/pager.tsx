// Onwards by cursor, and back to the beginning: the API's lists have no page numbers.
import { getTranslations } from "next-intl/server";
import { ButtonLink } from "./button";

export async function Pager({ path, cursor, next }: { path: string; cursor?: string; next: string | null }) {
  if (!cursor && !next) return null;
  const t = await getTranslations("states");
  return (
    <nav aria-label={t("pages")} className="flex justify-end gap-2 border-t border-line px-4 py-2">
      {cursor ? <ButtonLink size="sm" href={path}>{t("firstPage")}</ButtonLink> : null}
      {next ? <ButtonLink size="sm" href={`${path}?cursor=${encodeURIComponent(next)}`}>{t("nextPage")}</ButtonLink> : null}
    </nav>
  );
}
