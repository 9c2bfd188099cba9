// Times as people say them, with the exact one a pointer away. Rendered on the server, in UTC.
import { getFormatter, getNow } from "next-intl/server";

export async function When({ at, date = false }: { at: string; date?: boolean }) {
  const [format, now] = await Promise.all([getFormatter(), getNow()]);
  const time = new Date(at);
  const exact = format.dateTime(time, { dateStyle: "long", timeStyle: "long" });
  const shown = date ? format.dateTime(time, { dateStyle: "medium" }) : format.relativeTime(time, now);
  return (
    <time dateTime={at} title={exact} className="whitespace-nowrap tabular-nums">
      {shown}
    </time>
  );
}
