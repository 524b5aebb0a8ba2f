import {
  Building2,
  DatabaseBackup,
  FileText,
  Globe,
  KeyRound,
  LayoutDashboard,
  ShieldAlert,
  type LucideIcon,
} from "lucide-react";

export interface NavigationGroup {
  label: string | null;
  items: readonly { href: string; label: string; icon: LucideIcon }[];
}

const everybody: readonly NavigationGroup[] = [
  { label: null, items: [{ href: "/", label: "Overview", icon: LayoutDashboard }] },
  {
    label: "Inventory",
    items: [
      { href: "/inventory/organizations", label: "Organizations", icon: Building2 },
      { href: "/inventory/assets", label: "Assets", icon: Globe },
      { href: "/inventory/vulnerabilities", label: "Vulnerabilities", icon: ShieldAlert },
      { href: "/inventory/files", label: "Files", icon: FileText },
    ],
  },
];

const administration: NavigationGroup = {
  label: "Settings · Administration",
  items: [
    { href: "/settings/administration/system-backup", label: "System Backup", icon: DatabaseBackup },
    { href: "/settings/administration/api-keys", label: "API keys", icon: KeyRound },
  ],
};

export function navigationFor(role: "admin" | "member"): readonly NavigationGroup[] {
  return role === "admin" ? [...everybody, administration] : everybody;
}
