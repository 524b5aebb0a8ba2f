import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { request, type S3Access } from "./s3-access";
import { httpStatus, isMissingUpload } from "./s3-errors";

/** Listing uploads is a right of its own, and not every server knows it. */
const cannotList: ReadonlySet<number> = new Set([403, 405, 501]);

/**
 * Gives up the multipart uploads that puts of these names began and did not end. Parts are no
 * objects, so where uploads can't be listed they stay, for a lifecycle rule to remove.
 */
export async function abortUploads(access: S3Access, names: ReadonlySet<string>): Promise<void> {
  const { client, bucket: Bucket } = access;
  for await (const uploads of listUploads(access)) {
    for (const { Key, UploadId } of uploads) {
      if (!names.has(Key)) continue;
      await request(access, async (sending) => {
        try {
          await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), sending);
        } catch (error) {
          if (!isMissingUpload(error)) throw error;
        }
      });
    }
  }
}

interface Upload {
  Key: string;
  UploadId: string;
}

async function* listUploads(access: S3Access): AsyncGenerator<Upload[]> {
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await request(access, async (sending) => {
      // Names come as they are: those that XML can't carry are not used. Ceph encodes on request, but doesn't say so.
      const command = new ListMultipartUploadsCommand({ Bucket: access.bucket, ...markers });
      try {
        return await access.client.send(command, sending);
      } catch (error) {
        if (cannotList.has(httpStatus(error) ?? 0)) return null;
        throw error;
      }
    });
    if (page === null) return;
    yield (page.Uploads ?? []).flatMap(({ Key, UploadId }) =>
      Key === undefined || UploadId === undefined ? [] : [{ Key, UploadId }],
    );
    if (page.IsTruncated !== true) return;
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}
