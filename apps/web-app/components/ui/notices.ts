// Notices of finished work. Forms publish them, the toaster of the app shell shows them; forms on
// pages without a toaster stay small that way.

type Listener = (sentence: string) => void;
const listeners = new Set<Listener>();

export function publishNotice(sentence: string): void {
  for (const listener of listeners) listener(sentence);
}

export function onNotice(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
