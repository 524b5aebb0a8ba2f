import type { Installation } from "../backup";

import { sha256 } from "./bundle-file";

/** Everything that PostgreSQL holds at the edges of its types and the seed has not. */
export async function addOddRows({ pool, objects, adminId }: Pick<Installation, "pool" | "objects" | "adminId">): Promise<void> {
  const organization = "00000000-0000-0000-0000-0000000000f0";
  await pool.query(
    `INSERT INTO organizations (id, name, slug, description, settings, created_by)
     VALUES ($1, '', E'odd \\u2028 "\\\\N', $2, 'null', $3)`,
    [organization, 'line\u2028separator \\x01 \u0001 tab\t newline\n return\r backslash \\\\ quote" \u{10ffff}', adminId],
  );
  const timestamps = [
    ["infinity", "-infinity"],
    ["-infinity", "infinity"],
    ["0044-03-15 00:00:00.000001+00 BC", "0001-01-01 00:00:00+00"],
    ["4714-11-24 00:00:00+00 BC", "0001-12-31 23:59:59.999999+00 BC"],
    ["294276-12-31 23:59:59.999999+00", "10000-01-01 00:00:00+00"],
    ["10000-01-01 00:00:00+00", "2024-02-29 23:59:59.999999+00"],
  ];
  const tags = ["", "NULL", "null", "{}", "a,b", '"', "\\", " x ", "\t\n", "\u2028", "\u0001"];
  for (const [index, [first, last]] of timestamps.entries()) {
    await pool.query(
      `INSERT INTO assets (organization_id, type, value, normalized_value, confidence, first_seen_at, last_seen_at, tags)
       VALUES ($1, 'url', $2, $2, $3, $4, $5, $6)`,
      [organization, `odd ${index}`, index % 2 === 0 ? "-0" : "5e-324", first, last, index === 0 ? [] : tags],
    );
  }
  await pool.query(
    `INSERT INTO vulnerabilities (organization_id, asset_id, external_id, title, severity, cvss_score, risk_score, evidence)
     SELECT organization_id, id, 'odd', '', 'info', 0.1, 99.99, $2 FROM assets WHERE organization_id = $1`,
    [organization, `{"deep": ${"[".repeat(200)}${"]".repeat(200)}, "big": 1e300, "small": 1e-300, "zero": -0.0}`],
  );
  // The least uuid, an empty object, and a key with all that a key may hold.
  await addFile("00000000-0000-0000-0000-000000000000", 'odd/日本 "\\ %2e%2e.. ../..x', Buffer.alloc(0));
  await addFile("ffffffff-ffff-ffff-ffff-ffffffffffff", `odd/${"é".repeat(500)}`, Buffer.alloc(1_500_000, "long "));

  async function addFile(id: string, key: string, content: Buffer): Promise<void> {
    await objects.put(key, content, { size: content.length, sha256: sha256(content), contentType: "text/x-odd", when: "absent" });
    await pool.query(
      `INSERT INTO files (id, organization_id, file_type, original_name, object_key, size_bytes, sha256)
       VALUES ($1, $2, 'other', '', $3, $4, $5)`,
      [id, organization, key, content.length, sha256(content)],
    );
  }
}
