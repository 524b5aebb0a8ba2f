"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";

import { useAddress } from "../address";
import { RunView } from "../run/run-view";
import { StartExport } from "./start-export";

/** Choosing what an export holds, or the export that was started from here. */
export function ExportPanel() {
  const address = useAddress();
  const run = address.get("run");
  const [startedHere, setStartedHere] = useState(false);
  if (run === null) {
    return (
      <StartExport
        onStarted={(id) => {
          setStartedHere(true);
          address.set({ run: id });
        }}
      />
    );
  }
  return (
    <RunView
      key={run}
      id={run}
      takesFocus={startedHere}
      next={() => (
        <Button look="primary" onClick={() => address.set({ run: null })}>
          Make another export
        </Button>
      )}
    />
  );
}
