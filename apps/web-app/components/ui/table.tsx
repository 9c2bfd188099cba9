// A dense table that scrolls inside its panel on narrow screens.
import type { ReactNode } from "react";

type Column = { key: string; label: string; hidden?: boolean; align?: "right"; narrow?: boolean };

export function Table({ caption, columns, children }: { caption: string; columns: Column[]; children: ReactNode }) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-faint">
            {columns.map((column) => (
              <th key={column.key} scope="col" className={`h-9 px-3 first:pl-4 last:pr-4 sm:px-4 font-medium whitespace-nowrap ${cell(column)}`}>
                {column.hidden ? <span className="sr-only">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}

export function Cell({ align, narrow, head, children }: { align?: "right"; narrow?: boolean; head?: boolean; children?: ReactNode }) {
  const look = `h-13 px-3 py-2 first:pl-4 last:pr-3 sm:px-4 font-normal ${cell({ align, narrow })}`;
  return head ? (
    <th scope="row" className={look}>
      {children}
    </th>
  ) : (
    <td className={look}>{children}</td>
  );
}

/** `narrow` columns give way on small screens. */
const cell = ({ align, narrow }: Pick<Column, "align" | "narrow">) =>
  `${align === "right" ? "text-right" : ""} ${narrow ? "max-sm:hidden" : ""}`;
