"use client";
import { createContext, useContext } from "react";

/** Closes the dialog around a component; null outside of one. */
export const DialogClose = createContext<(() => void) | null>(null);
export const useDialogClose = (): (() => void) | null => useContext(DialogClose);
