import type { Installation } from "./installation";

/** Keeps what is started afterwards where a test wants to look at it, until it is let go. */
export interface Hold {
  /** Does nothing the second time. */
  letGo(): Promise<void>;
}

/** Of the inventory's tables the last that is exported, and the last that is written. */
const lastTable = "reports";

/** Any number, of which every session of the database knows. */
const lockNumber = 4_711;

/** An export has sent everything before the last table, and waits for that one. */
export async function holdExports({ pool }: Installation): Promise<Hold> {
  const client = await pool.connect();
  await client.query(`BEGIN; LOCK TABLE ${lastTable} IN ACCESS EXCLUSIVE MODE`);
  return once(async () => {
    await client.query("ROLLBACK");
    client.release();
  });
}

/**
 * An import has written everything before the last table, and waits at that one. A trigger does it and no lock on the
 * table, because an import that waits for a lock gives up after a while.
 */
export async function holdImports({ pool }: Installation): Promise<Hold> {
  const client = await pool.connect();
  await client.query(`
    SELECT pg_advisory_lock(${lockNumber});
    CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        WHILE NOT pg_try_advisory_xact_lock_shared(${lockNumber}) LOOP PERFORM pg_sleep(0.05); END LOOP;
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER wait_for_test BEFORE INSERT ON ${lastTable} FOR EACH STATEMENT EXECUTE FUNCTION wait_for_test();
  `);
  return once(async () => {
    // First: the trigger cannot be dropped before the import that waits in it has ended.
    await client.query(`SELECT pg_advisory_unlock(${lockNumber})`);
    await client.query("DROP FUNCTION wait_for_test CASCADE");
    client.release();
  });
}

function once(release: () => Promise<void>): Hold {
  let released: Promise<void> | undefined;
  return { letGo: () => (released ??= release()) };
}
