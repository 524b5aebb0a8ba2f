import { BundleError } from "../errors";
import { endRecordSize, endSignature } from "./end-records";
import { localHeaderSignature } from "./local-header";

const longestComment = 0xffff;

/**
 * Whether the file's last bytes are an archive's end record, as far as those alone tell. Works in a browser too.
 *
 * @throws BundleError `not_a_zip`, `trailing_data`
 */
export async function checkArchiveEnd(file: Blob): Promise<void> {
  const tail = await viewOf(file.slice(Math.max(0, file.size - endRecordSize - longestComment)));
  const last = tail.byteLength - endRecordSize;
  if (last >= 0 && tail.getUint32(last, true) === endSignature && tail.getUint16(last + 20, true) === 0) return;
  for (let offset = last - 1; offset >= 0; offset--) {
    if (tail.getUint32(offset, true) === endSignature) {
      throw new BundleError("trailing_data", "The archive has a comment or other bytes after its end record.");
    }
  }
  const head = await viewOf(file.slice(0, 4));
  const begun = head.byteLength === 4 && head.getUint32(0, true) === localHeaderSignature;
  throw new BundleError(
    "not_a_zip",
    begun ? "The archive's end is missing: it was not downloaded or copied whole." : "The file is no ZIP archive.",
  );
}

async function viewOf(part: Blob): Promise<DataView> {
  return new DataView(await part.arrayBuffer());
}
