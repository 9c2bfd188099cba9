import type messages from "./messages/en.json";
import type { Locale } from "./lib/i18n/locale";

declare module "next-intl" {
  // An interface, because it is merged into the library's own.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface AppConfig {
    Messages: typeof messages;
    Locale: Locale;
  }
}
