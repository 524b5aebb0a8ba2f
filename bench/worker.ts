import { measureHere } from "./support/measure";
import { actions, actionSchema } from "./actions";

/** Runs one action in a process of its own, warmed by the same action on little, and prints what it took. */
const { name, parameters, warmUp, servers } = actionSchema.parse(JSON.parse(process.argv[2] ?? ""));
const action = actions[name];
if (warmUp !== null) await action(warmUp);
const measurement = await measureHere(servers, () => action(parameters));
process.stdout.write(`\n${JSON.stringify(measurement)}\n`);
process.exit(0);
