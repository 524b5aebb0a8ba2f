import { randomBytes } from "node:crypto";

import type { FaultsDatabase } from "./database";
import { sendBundle } from "./requests";
import { putObject, sha256, type FaultsStorage } from "./storage";

/**
 * Makes an empty installation one that has met the bundle before: of the bundle's rows it lacks some, holds
 * some with other values and some as they are, and likewise of the objects.
 */
export async function fillTarget(target: {
  url: string;
  key: string;
  bundle: Buffer;
  database: FaultsDatabase;
  storage: FaultsStorage;
}): Promise<void> {
  const { pool } = target.database;
  const { objects } = target.storage;
  const { status, json } = await (await sendBundle(target, "/import", target.bundle)).answer;
  if (status !== 200) throw new Error(`The target could not be filled: ${status} ${JSON.stringify(json)}`);
  await pool.query(
    `DELETE FROM exposure_changes;
     DELETE FROM reports;
     DELETE FROM vulnerabilities WHERE left(md5(id::text), 1) < '8' AND NOT EXISTS (SELECT FROM files WHERE vulnerability_id = vulnerabilities.id);
     DELETE FROM asset_edges WHERE left(md5(id::text), 1) < '8';
     UPDATE assets SET metadata = '{"here": true}', risk_score = 1 WHERE left(md5(id::text), 1) < '4';
     UPDATE vulnerabilities SET title = 'here' WHERE left(md5(id::text), 1) > 'b';`,
  );
  const { rows } = await pool.query<{ id: string; object_key: string }>("SELECT id, object_key FROM files ORDER BY size_bytes DESC, id");
  // The large one first: it is replaced.
  for (const [index, { id, object_key: key }] of rows.entries()) {
    if (index % 3 === 0) {
      const content = randomBytes(1_000 + index);
      await putObject(objects, key, content);
      await pool.query("UPDATE files SET size_bytes = $2, sha256 = $3 WHERE id = $1", [id, content.length, sha256(content)]);
    } else if (index % 3 === 1) {
      await pool.query("DELETE FROM files WHERE id = $1", [id]);
      await objects.delete(key);
    }
  }
}
