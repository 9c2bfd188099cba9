// Light, dark or as the system says: a cookie, so the first byte of a page is already right and no
// inline script is needed.
import { cookies } from "next/headers";

export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];
export const themeCookie = "theme";

export const isTheme = (value: unknown): value is Theme => (themes as readonly unknown[]).includes(value);

export async function theme(): Promise<Theme> {
  const value = (await cookies()).get(themeCookie)?.value;
  return isTheme(value) ? value : "system";
}
