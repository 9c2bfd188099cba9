/** How an item of any menu looks. */
export function menuItemLook(danger = false): string {
  return (
    "flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm outline-none select-none data-highlighted:bg-sunken " +
    (danger ? "text-danger" : "")
  );
}
