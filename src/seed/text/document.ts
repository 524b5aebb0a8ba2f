import { inTurn, type Source } from "../random";
import { everySecret, oneSecret, type SecretPlace } from "../secrets";
import { encodeJson, type JsonObject } from "./json";
import { oddDocuments, oddRoots } from "./odd-documents";

/**
 * The text of a JSON column: what the table has to say; in some rows odd values and secrets beside it, and in a few
 * something that is no object. The first row of a column holds every secret that is planted there.
 *
 * @param index the row's index within its table.
 */
export function document(source: Source, place: SecretPlace, index: number, members: JsonObject): string {
  if (index === 0) return encodeJson({ ...members, connections: everySecret(source, place) });
  // Primes, so that these fall on every kind of row, and together as well as alone.
  if (index % 41 === 7) return encodeJson(inTurn(oddRoots, Math.floor(index / 41)));
  return encodeJson({
    ...members,
    ...(index % 17 === 5 ? oneSecret(source, place, Math.floor(index / 17)) : {}),
    ...(index % 19 === 1 ? { notes: inTurn(oddDocuments, Math.floor(index / 19)) } : {}),
  });
}
