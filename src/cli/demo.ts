import { mkdir } from "node:fs/promises";
import path from "node:path";
import { environment } from "@/server/env";
import { createDemoKey, type DemoInstallation, isRunning, seedDemo, startInstallation, stopInstallation } from "./demo/installation";
import { openDemoState, type DemoState } from "./demo/state";
import { notify, runProgram } from "./run-program";

/** What the source holds: enough to look at, and moved within seconds. */
const inventory = { organizations: 5, assets: 2_000, vulnerabilities: 600, files: 150, seed: 1 };

await runProgram(async (signal) => {
  const { port, dataDirectory, adminEmail, adminPassword } = environment();
  const directory = path.join(dataDirectory, "demo");
  await mkdir(directory, { recursive: true });
  const state = await openDemoState(directory, { email: adminEmail, password: adminPassword });
  const installations = [
    { name: "source", port, directory: path.join(directory, "source") },
    { name: "target", port: port + 1, directory: path.join(directory, "target") },
  ] as const;
  const running: DemoInstallation[] = [];
  try {
    for (const installation of installations) {
      notify(`Starting the ${installation.name} on port ${installation.port} …`);
      running.push(await startInstallation(installation, state.values, signal));
      signal.throwIfAborted();
    }
    await fill(state, running, signal);
    process.stdout.write(instructions(state.values, running));
    await ended(running, signal);
  } finally {
    await Promise.all(running.map(stopInstallation));
  }
});

/** What only the first start does. Each part is noted as soon as it is done. */
async function fill(state: DemoState, [source, target]: DemoInstallation[], signal: AbortSignal): Promise<void> {
  if (source === undefined || target === undefined) return;
  if (!state.values.seeded) {
    notify("Filling the source with demo data …");
    await seedDemo(source, inventory, signal);
    await state.update({ seeded: true });
  }
  const { email } = state.values;
  if (state.values.sourceKey === undefined) await state.update({ sourceKey: await createDemoKey(source, email, signal) });
  if (state.values.targetKey === undefined) await state.update({ targetKey: await createDemoKey(target, email, signal) });
}

function instructions(values: DemoState["values"], [source, target]: DemoInstallation[]): string {
  const curl = (key: string | undefined, rest: string) => `curl -sS -H 'Authorization: Bearer ${key}' ${rest}`;
  const route = (installation: DemoInstallation | undefined, name: string) =>
    `${installation?.url}/api/v1/admin/backup/${name}`;
  return `
Source   ${source?.url}   ${inventory.organizations} organizations
Target   ${target?.url}   empty until you import
Sign in  ${values.email}   ${values.password}

Export the source, see what importing it into the target would do, import it:

${curl(values.sourceKey, `-X POST ${route(source, "export")} -o bundle.zip`)}
${curl(values.targetKey, `-F file=@bundle.zip ${route(target, "import/preview")}`)}
${curl(values.targetKey, `-F conflict_mode=skip_existing -F file=@bundle.zip ${route(target, "import")}`)}

Ctrl-C ends both; started again, they come up with what they had.
`;
}

/** Resolves at a signal; rejects where one of the two ends by itself. */
async function ended(running: readonly DemoInstallation[], signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
    for (const installation of running) {
      installation.process.once("exit", () => reject(new Error(`The ${installation.name} ended: see ${installation.log}.`)));
      if (!isRunning(installation)) reject(new Error(`The ${installation.name} ended: see ${installation.log}.`));
    }
  });
}
