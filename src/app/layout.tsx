import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";

import { Nonce } from "@/components/nonce";
import { classNames } from "@/components/ui/class-names";
import { themeCookie, themeOf } from "@/features/shell/theme";
import "./globals.css";

export const metadata: Metadata = { title: { default: "System Backup", template: "%s · System Backup" } };

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  colorScheme: "light dark",
};

export default async function Layout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(themeCookie)?.value);
  const nonce = (await headers()).get("x-nonce") ?? "";
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      className={classNames(GeistSans.variable, GeistMono.variable)}
    >
      <body className="min-h-dvh font-sans text-sm antialiased">
        <Nonce value={nonce} />
        {children}
      </body>
    </html>
  );
}
