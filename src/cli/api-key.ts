import { parseArgs } from "node:util";
import { z } from "zod";
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from "@/server/auth";
import { RequestError } from "@/server/errors";
import { runProgram, UsageError } from "./run-program";
import { withInstallation } from "./with-installation";

const usage = `Usage:
  npm run --silent api-key -- create --email EMAIL --name NAME [--expires DAYS]
  npm run --silent api-key -- list
  npm run --silent api-key -- revoke PREFIX_OR_ID`;

type Command =
  | { name: "create"; email: string; keyName: string; expiresInDays: number | undefined }
  | { name: "list" }
  | { name: "revoke"; prefixOrId: string };

const createOptions = z.strictObject({
  email: z.email("--email: expected an e-mail address"),
  name: z.string("--name: expected a name").trim().min(1, "--name: expected a name").max(100, "--name: at most 100 characters"),
  // A key for longer than ten years is one that never expires.
  expires: z.coerce.number().int().min(1).max(3650, "--expires: expected days, 1 to 3650").optional(),
});

await runProgram(async (signal) => {
  const command = parseCommand(process.argv.slice(2));
  const answer = await withInstallation({ name: `npm run api-key ${command.name}`, signal }, () => execute(command));
  if (answer !== "") process.stdout.write(`${answer}\n`);
});

async function execute(command: Command): Promise<string> {
  try {
    switch (command.name) {
      case "create": {
        const { email, keyName, expiresInDays } = command;
        return (await createApiKey({ email, name: keyName, expiresInDays })).key;
      }
      case "list":
        return (await listApiKeys()).map(line).join("\n");
      case "revoke":
        await revokeApiKey(command.prefixOrId);
        return "";
    }
  } catch (error) {
    if (error instanceof RequestError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function parseCommand(parameters: string[]): Command {
  const { values, positionals } = parse(parameters);
  const [name, ...rest] = positionals;
  if (name === "create" && rest.length === 0) return parseCreate(values);
  if (Object.keys(values).length > 0) throw new UsageError(usage);
  if (name === "list" && rest.length === 0) return { name };
  const [prefixOrId, ...more] = rest;
  if (name === "revoke" && prefixOrId !== undefined && more.length === 0) return { name, prefixOrId };
  throw new UsageError(usage);
}

function parse(parameters: string[]) {
  try {
    const string = { type: "string" } as const;
    const options = { email: string, name: string, expires: string };
    return parseArgs({ args: parameters, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(usage, { cause: error });
  }
}

function parseCreate(values: object): Command {
  const parsed = createOptions.safeParse({ ...values });
  if (!parsed.success) {
    throw new UsageError([...parsed.error.issues.map(({ message }) => message), usage].join("\n"));
  }
  const { email, name, expires } = parsed.data;
  return { name: "create", email, keyName: name, expiresInDays: expires };
}

/** One line of the list; tabs between the columns, for cut and awk. */
function line(key: ApiKey): string {
  const columns = [
    key.prefix,
    key.owner.email,
    key.name,
    `created ${key.created_at.toISOString()}`,
    key.expires_at === null ? "never expires" : `expires ${key.expires_at.toISOString()}`,
    key.last_used_at === null ? "never used" : `used ${key.last_used_at.toISOString()}`,
    key.revoked_at === null ? "in force" : `revoked ${key.revoked_at.toISOString()}`,
  ];
  return columns.join("\t");
}
