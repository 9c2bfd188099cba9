// One line about an audit event. Known actions have a sentence; any other is shown by its own name,
// because an audit list must not hide what it does not know.
import { getTranslations } from "next-intl/server";
import type { Schema } from "@/lib/api/problem";

export async function auditSentences(): Promise<(event: Schema<"AuditEvent">) => string> {
  const [t, roles] = await Promise.all([getTranslations("audit"), getTranslations("roles")]);
  const sentences = t as unknown as { (key: string, values: Record<string, string>): string; has: (key: string) => boolean };
  const roleWord = (value: string | undefined) => (value === "owner" || value === "admin" || value === "member" || value === "viewer" ? roles(value) : (value ?? "–"));
  return (event) => {
    const key = `actions.${event.action}`;
    if (!/^[a-z_.]+$/.test(event.action) || !sentences.has(key)) return event.action;
    const detail: Record<string, string | undefined> = Object.fromEntries(
      Object.entries(event.detail ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const from = event.action === "member.role_changed" ? roleWord(detail.from) : (detail.from ?? "–");
    const to = event.action === "member.role_changed" ? roleWord(detail.to) : (detail.to ?? "–");
    return sentences(key, { name: detail.name ?? "–", email: detail.email ?? "–", role: roleWord(detail.role), from, to });
  };
}
