"use client";
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useRouter } from "next/navigation";
import { SearchIcon } from "@/components/ui/icons";
import { prefer, signOut } from "./act";
import type { PaletteLabels } from "./palette";
import type { PaletteEntry } from "./palette-entries";

type Item = { value: string; label: string; entry: PaletteEntry };
type Group = { value: string; items: Item[] };

type Props = { open: boolean; onOpenChange: (open: boolean) => void; entries: PaletteEntry[]; labels: PaletteLabels };

export function PaletteDialog({ open, onOpenChange, entries, labels }: Props) {
  const router = useRouter();

  function choose(entry: PaletteEntry) {
    onOpenChange(false);
    if (entry.kind === "page") router.push(entry.href);
    else if (entry.kind === "theme") void prefer({ theme: entry.value }).then(() => router.refresh());
    else void signOut();
  }

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          data-slot="popup"
          aria-label={labels.title}
          className="popup fixed top-[12vh] left-1/2 z-40 flex max-h-[min(28rem,76vh)] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-hidden"
        >
          <Autocomplete.Root open inline items={grouped(entries)} autoHighlight="always" keepHighlight>
            <div className="flex items-center gap-2.5 border-b border-line px-4 text-faint">
              <SearchIcon />
              <Autocomplete.Input
                aria-label={labels.title}
                placeholder={labels.placeholder}
                className="h-12 w-full bg-transparent text-base text-ink outline-none placeholder:text-faint"
              />
            </div>
            <div className="overflow-y-auto overscroll-contain p-1.5">
              <Autocomplete.Empty>
                <div className="px-3 py-8 text-center text-sm text-muted">{labels.empty}</div>
              </Autocomplete.Empty>
              <Autocomplete.List>
                {(group: Group) => (
                  <Autocomplete.Group key={group.value} items={group.items} className="not-last:mb-1.5">
                    <Autocomplete.GroupLabel className="px-2.5 py-1 text-xs font-medium text-faint">{group.value}</Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(item: Item) => (
                        <Autocomplete.Item
                          key={item.value}
                          value={item}
                          onClick={() => choose(item.entry)}
                          className="flex h-9 cursor-pointer items-center rounded-md px-2.5 text-sm outline-none data-highlighted:bg-sunken"
                        >
                          {item.label}
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </div>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function grouped(entries: readonly PaletteEntry[]): Group[] {
  const groups = new Map<string, Item[]>();
  entries.forEach((entry, index) => {
    const items = groups.get(entry.group) ?? [];
    items.push({ value: String(index), label: entry.label, entry });
    groups.set(entry.group, items);
  });
  return [...groups].map(([value, items]) => ({ value, items }));
}
