"use client";

import { useEffect, useSyncExternalStore } from "react";

import { uploads, type Upload } from "./upload";

const nothing: Upload = { step: "none" };

/** The tab's upload. While it is sent, closing the tab asks first. */
export function useUpload(): Upload {
  const upload = useSyncExternalStore(uploads.subscribe, uploads.current, () => nothing);
  const isUnderWay = upload.step === "sending" || upload.step === "checking";
  useEffect(() => {
    if (!isUnderWay) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnderWay]);
  return upload;
}
