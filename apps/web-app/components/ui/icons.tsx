// The icons of the app: 16 px, one stroke width, drawn in the colour of the text beside them. They
// never carry meaning alone, so they are hidden from assistive technology.
import type { ReactNode } from "react";

function icon(paths: ReactNode) {
  return function Icon({ className = "" }: { className?: string }) {
    return (
      <svg
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        className={`size-4 shrink-0 ${className}`}
      >
        {paths}
      </svg>
    );
  };
}

export type Icon = ReturnType<typeof icon>;

export const ActivityIcon = icon(<path d="M1.5 8h3l2-5 3 10 2-5h3" />);
export const AlertIcon = icon(<path d="M8 5.500v3M8 11h.01M6.9 2.7 1.7 11.600c-.5.8.1 1.9 1.1 1.900h10.400c1 0 1.6-1.1 1.1-1.900L9.1 2.700a1.3 1.3 0 0 0-2.2 0Z" />);
export const ArchiveIcon = icon(<path d="M2 3h12v3H2zM3 6v6.500c0 .3.2.5.5.5h9c.3 0 .5-.2.5-.5V6M6.5 9h3" />);
export const ArrowLeftIcon = icon(<path d="M13 8H3m4-4L3 8l4 4" />);
export const ArrowRightIcon = icon(<path d="M3 8h10M9 4l4 4-4 4" />);
export const BoxIcon = icon(<path d="m8 1.8 5.5 3v6.400L8 14.200l-5.5-3V4.800zM2.5 4.8 8 7.800l5.5-3M8 7.800v6.4" />);
export const CheckIcon = icon(<path d="m3 8.5 3.5 3.500L13 4.5" />);
export const ChevronsIcon = icon(<path d="m5 6 3-3 3 3M5 10l3 3 3-3" />);
export const ChevronRightIcon = icon(<path d="m6 3.5 4.5 4.500L6 12.5" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const DeviceIcon = icon(<path d="M2.5 3h11v7.500h-11zM1 13h14" />);
export const GlobeIcon = icon(<path d="M8 14.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM1.5 8h13M8 1.500c2 2 2.7 4.3 2.7 6.500S10 12.5 8 14.500C6 12.5 5.3 10.2 5.3 8S6 3.5 8 1.500Z" />);
export const HomeIcon = icon(<path d="M2.5 7 8 2.5 13.5 7v6.500H9.800V9.800H6.200v3.700H2.500z" />);
export const KeyIcon = icon(<path d="M10 9.500a3.5 3.5 0 1 0-3.3-2.300L2 12v2h2.500v-1.500H6V11l1.3-1.500A3.5 3.5 0 0 0 10 9.500ZM10.8 5.200h.01" />);
export const LayersIcon = icon(<path d="m8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3" />);
export const LockIcon = icon(<path d="M3.5 7h9v6.500h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2" />);
export const MailIcon = icon(<path d="M1.8 3.500h12.400v9H1.800zM2 4l6 4.800L14 4" />);
export const MenuIcon = icon(<path d="M2 4.500h12M2 8h12M2 11.500h12" />);
export const MoreIcon = icon(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const ReloadIcon = icon(<path d="M13.5 8A5.5 5.5 0 1 1 11.7 4M13.5 1.800v3h-3" />);
export const SearchIcon = icon(<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.6 10.6 14 14" />);
export const SettingsIcon = icon(<path d="M2 4.500h6.500M11.5 4.500H14M2 11.500h2.500M7.5 11.500H14M10 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM6 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z" />);
export const ShieldIcon = icon(<path d="M8 1.8 13 3.500v4.200c0 3-2 5.2-5 6.5-3-1.3-5-3.5-5-6.500V3.500zM5.8 8l1.6 1.600L10.4 6.5" />);
export const SignOutIcon = icon(<path d="M6 2.500H2.500v11H6M10.5 11l3-3-3-3M13.5 8H6" />);
export const SunIcon = icon(<path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />);
export const UserIcon = icon(<path d="M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14c.5-2.7 2.7-4 5.5-4s5 1.3 5.5 4" />);
export const UsersIcon = icon(<path d="M6 7.500a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.200ZM1.3 13.500C1.7 11 3.6 9.8 6 9.800s4.3 1.2 4.7 3.700M10.5 2.600a2.5 2.5 0 0 1 0 4.700M12.2 10c1.4.5 2.3 1.7 2.5 3.5" />);
