"use client";
// A form that works before and without JavaScript, and better with it.
//
// It is a plain form posting to a route handler. Once hydrated it sends the same fields asking for
// JSON: errors appear at their fields without a reload, success moves on and refreshes the page.
import { useRouter } from "next/navigation";
import { createContext, useContext, useRef, useState, type FormEvent, type ReactNode } from "react";
import { Alert } from "./alert";
import { useDialogClose } from "./dialog-context";
import { useLabels } from "./labels";
import { publishNotice } from "./notices";

export type FormState = { error?: string; fields: Record<string, string>; values: Record<string, string>; requestId?: string };

type Context = FormState & { pending: boolean; attempt: number };
const FormContext = createContext<Context>({ fields: {}, values: {}, pending: false, attempt: 0 });
export const useForm = (): Context => useContext(FormContext);

type Answer = {
  ok: boolean;
  to?: string;
  notice?: string;
  error?: string;
  fields?: Record<string, string>;
  requestId?: string;
  redirect?: string;
};

type Props = {
  action: string;
  /** What a redirect after an error left behind. */
  state?: FormState;
  /** Leave the page for good: the whole session changes, nothing rendered before may stay. */
  hard?: boolean;
  /** Empty the fields after success. */
  resets?: boolean;
  className?: string;
  children: ReactNode;
};

const nothing: FormState = { fields: {}, values: {} };

export function Form({ action, state = nothing, hard = false, resets = false, className = "", children }: Props) {
  const router = useRouter();
  const labels = useLabels();
  const closeDialog = useDialogClose();
  const form = useRef<HTMLFormElement>(null);
  const [current, setCurrent] = useState(state);
  const [pending, setPending] = useState(false);
  const [attempt, setAttempt] = useState(0);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const data = new FormData(event.currentTarget, submitter);
    setPending(true);
    const answer = await send(action, data, hard);
    if (answer?.redirect) {
      window.location.assign(answer.redirect);
      return;
    }
    if (answer?.ok && answer.to) {
      if (hard) {
        window.location.assign(answer.to);
        return;
      }
      setCurrent(nothing);
      setPending(false);
      setAttempt((count) => count + 1);
      if (resets) form.current?.reset();
      closeDialog?.();
      if (answer.notice) publishNotice(answer.notice);
      if (answer.to !== window.location.pathname + window.location.search) router.push(answer.to);
      router.refresh();
      return;
    }
    setPending(false);
    // An answer means the work was not done, so the next try is a new one. Without an answer nobody
    // knows: the same key lets the API recognise the repetition.
    if (answer) setAttempt((count) => count + 1);
    if (answer?.to && answer.to !== window.location.pathname) {
      window.location.assign(answer.to);
      return;
    }
    const fields = answer?.fields ?? {};
    // A proxy in between, or a refusal before the form was read, says nothing that could be shown.
    const wordless = !answer?.error && Object.keys(fields).length === 0;
    setCurrent({ error: wordless ? labels.failed : answer?.error, fields, values: {}, requestId: answer?.requestId });
    requestAnimationFrame(() => {
      const target = form.current?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form.current?.querySelector<HTMLElement>("[role=alert]");
      target?.focus();
    });
  }

  return (
    <FormContext value={{ ...current, values: state.values, pending, attempt }}>
      <form ref={form} method="post" action={action} onSubmit={submit} className={`grid gap-4 ${className}`}>
        {current.error ? (
          <Alert tone="danger" focusable requestId={current.requestId ? `${labels.requestId} ${current.requestId}` : undefined}>
            {current.error}
          </Alert>
        ) : null}
        {children}
      </form>
    </FormContext>
  );
}

async function send(action: string, data: FormData, leavesPage: boolean): Promise<Answer | null> {
  try {
    const response = await fetch(action, {
      method: "POST",
      headers: { accept: "application/json", ...(leavesPage ? { "x-leaves-page": "1" } : {}) },
      body: new URLSearchParams([...data].map(([name, value]) => [name, typeof value === "string" ? value : ""])),
    });
    return (await response.json()) as Answer;
  } catch {
    return null;
  }
}
