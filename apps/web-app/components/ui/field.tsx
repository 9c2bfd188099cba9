"use client";
// Fields of a form: label, control, hint and error, tied together for assistive technology.
import { useId, useState, type ComponentProps, type ReactNode } from "react";
import { useForm } from "./form";
import { useLabels } from "./labels";

const control =
  "block w-full rounded-md border bg-surface px-2.5 text-base text-ink shadow-xs transition-colors placeholder:text-faint " +
  "border-line-strong hover:border-faint focus-visible:outline-offset-0 aria-invalid:border-danger h-9";

type Common = { name: string; label: string; hint?: string; aside?: ReactNode };

function useField(name: string, hint: string | undefined) {
  const id = useId();
  const { fields, values } = useForm();
  const error = fields[name];
  const described = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  const aria = { id, "aria-invalid": error ? (true as const) : undefined, "aria-describedby": described || undefined };
  return { id, error, kept: values[name], aria };
}

function Frame({ id, label, hint, error, aside, children }: Omit<Common, "name"> & { id: string; error?: string; children: ReactNode }) {
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {aside}
      </div>
      {children}
      {error ? (
        <p id={`${id}-error`} className="text-sm text-danger">
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-pretty text-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function TextField({ label, hint, aside, defaultValue, ...rest }: Common & ComponentProps<"input">) {
  const { id, error, kept, aria } = useField(rest.name, hint);
  return (
    <Frame id={id} label={label} hint={hint} error={error} aside={aside}>
      <input type="text" {...rest} {...aria} defaultValue={kept ?? defaultValue} className={control} />
    </Frame>
  );
}

export function PasswordField({ label, hint, aside, ...rest }: Common & ComponentProps<"input">) {
  const labels = useLabels();
  const [shown, setShown] = useState(false);
  const { id, error, aria } = useField(rest.name, hint);
  return (
    <Frame id={id} label={label} hint={hint} error={error} aside={aside}>
      <div className="relative">
        <input {...rest} {...aria} type={shown ? "text" : "password"} className={`${control} pr-16`} spellCheck={false} autoCapitalize="none" />
        <button
          type="button"
          aria-pressed={shown}
          aria-controls={id}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-1 right-1 rounded-sm px-2 text-xs font-medium text-muted hover:bg-sunken hover:text-ink"
        >
          {shown ? labels.hidePassword : labels.showPassword}
        </button>
      </div>
    </Frame>
  );
}

type Option = { value: string; label: string };

export function SelectField({ label, hint, aside, options, defaultValue, ...rest }: Common & ComponentProps<"select"> & { options: Option[] }) {
  const { id, error, kept, aria } = useField(rest.name, hint);
  return (
    <Frame id={id} label={label} hint={hint} error={error} aside={aside}>
      <select {...rest} {...aria} defaultValue={kept ?? defaultValue} className={control}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** Lets the API tell a repetition from a second wish; `value` is made by the server per page. */
export function IdempotencyKey({ value }: { value: string }) {
  const { attempt } = useForm();
  return <input type="hidden" name="idempotency_key" value={attempt === 0 ? value : `${value}.${attempt}`} />;
}
