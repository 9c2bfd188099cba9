"use client";
// The button and the shortcut of the command palette. The palette itself is fetched when it is first
// opened: most visits never need it.
import dynamic from "next/dynamic";
import { useEffect, useState, useSyncExternalStore } from "react";
import { SearchIcon } from "@/components/ui/icons";
import type { PaletteEntry } from "./palette-entries";

const PaletteDialog = dynamic(() => import("./palette-dialog").then((module) => module.PaletteDialog), { ssr: false });

export type PaletteLabels = { open: string; title: string; placeholder: string; empty: string };

const nothing = () => undefined;
const never = () => nothing;
// The server can't know the keyboard; most have no command key.
const shortcut = () => (/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K");
const likelyShortcut = () => "Ctrl K";

export function Palette({ entries, labels }: { entries: PaletteEntry[]; labels: PaletteLabels }) {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const keys = useSyncExternalStore(never, shortcut, likelyShortcut);

  useEffect(() => {
    const toggle = (event: KeyboardEvent) => {
      // The sidebar exists twice, in the page and in the drawer; the visible one answers.
      if (event.key !== "k" || !(event.metaKey || event.ctrlKey) || event.defaultPrevented) return;
      event.preventDefault();
      setWanted(true);
      setOpen((shown) => !shown);
    };
    window.addEventListener("keydown", toggle);
    return () => window.removeEventListener("keydown", toggle);
  }, []);

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
        className="flex h-8 w-full items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-sm text-faint shadow-xs hover:border-faint"
      >
        <SearchIcon />
        <span className="grow truncate text-left">{labels.open}</span>
        <kbd className="shrink-0 rounded-sm border border-line bg-sunken px-1 font-sans text-xs max-md:hidden">{keys}</kbd>
      </button>
      {wanted ? <PaletteDialog open={open} onOpenChange={setOpen} entries={entries} labels={labels} /> : null}
    </>
  );
}
