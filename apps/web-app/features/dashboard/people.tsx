import { getTranslations } from "next-intl/server";
import { ButtonLink } from "@/components/ui/button";
import { Avatar, Badge, Panel } from "@/components/ui/layout";
import { ProblemState } from "@/components/ui/states";
import { firstMembers } from "./data";

const shown = 6;

export async function People({ slug }: { slug: string }) {
  const [t, roles, members] = await Promise.all([getTranslations("dashboard"), getTranslations("roles"), firstMembers(slug)]);
  return (
    <Panel title={t("members")} flush aside={<ButtonLink size="sm" variant="ghost" href={`/${slug}/members`}>{t("allMembers")}</ButtonLink>}>
      {members.ok ? (
        <ul className="divide-y divide-line">
          {members.value.items.slice(0, shown).map((member) => (
            <li key={member.user_id} className="flex h-13 items-center gap-3 px-4">
              <Avatar name={member.display_name} />
              <span className="min-w-0 grow">
                <span className="block truncate text-sm font-medium">{member.display_name}</span>
                <span className="block truncate text-xs text-muted">{member.email}</span>
              </span>
              <Badge>{roles(member.role)}</Badge>
            </li>
          ))}
        </ul>
      ) : (
        <ProblemState problem={members.problem} />
      )}
    </Panel>
  );
}
