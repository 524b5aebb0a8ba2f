"use client";

import { useEffect, useState } from "react";

import { Button } from "@/components/ui/button";

import { useAddress } from "../address";
import { RunView } from "../run/run-view";
import { AfterImport } from "./after-import";
import { ChooseBundle } from "./choose-bundle";
import { KeptPreview } from "./kept-preview";
import { RunningImport } from "./running-import";
import { uploads } from "./upload";
import { useUpload } from "./use-upload";

/** One step after another, each with an address: a file, its preview, the import. */
export function ImportPanel() {
  const address = useAddress();
  const upload = useUpload();
  const run = address.get("run");
  const preview = address.get("preview");
  const [cameHere, setCameHere] = useState(false);
  // Whatever step comes next was led to from here.
  if (upload.step !== "none" && !cameHere) setCameHere(true);

  useEffect(() => {
    if (upload.step !== "previewed") return;
    uploads.forget();
    address.set({ preview: upload.previewId, run: null });
  }, [upload, address]);

  const startAnew = () => {
    setCameHere(true);
    uploads.forget();
    address.set({ preview: null, run: null, mode: null });
  };
  const goTo = (changes: Readonly<Record<string, string | null>>) => {
    setCameHere(true);
    address.set(changes);
  };

  if (run !== null) {
    return (
      <RunView
        key={run}
        id={run}
        takesFocus={cameHere}
        next={(ended) => (
          <AfterImport run={ended} onCompareAgain={(id) => goTo({ run: null, preview: id })} onStartAnew={startAnew} />
        )}
      />
    );
  }
  return (
    <div className="space-y-4">
      <RunningImport onShow={(id) => goTo({ run: id })} />
      {preview === null ? (
        <ChooseBundle upload={upload} takesFocus={cameHere} />
      ) : (
        <KeptPreview
          key={preview}
          id={preview}
          takesFocus={cameHere}
          onStarted={(id) => goTo({ run: id })}
          startAnew={<Button onClick={startAnew}>Choose another file</Button>}
        />
      )}
    </div>
  );
}
