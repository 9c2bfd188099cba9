// Times as people say them, with the exact one a pointer away. Rendered on the server, in UTC.
import { getFormatter, getNow } from "next-intl/server";

export async function When({ at, date = false }: { at: string; date?: boolean }) {
  const [format, now] = await Promise.all([getFormatter(), getNow()]);
  const time = new Date(at);
  const exact = format.dateTime(time, { dateStyle: "long", timeStyle: "long" });
  // Nobody reads seconds, and they would be wrong a moment later.
  const recent = Math.abs(now.getTime() - time.getTime()) < 60_000;
  const shown = date ? format.dateTime(time, { dateStyle: "medium" }) : format.relativeTime(recent ? now : time, now);
  return (
    <time dateTime={at} title={exact} className="whitespace-nowrap tabular-nums">
      {shown}
    </time>
  );
}
