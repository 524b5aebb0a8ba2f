import type { ExportOptions } from "@/bundle";
import { formatBytes } from "@/components/format";
import { Notice } from "@/components/ui/notice";

import { describeSize, estimatedBytes, type Estimate } from "./estimated-bytes";

/** A bundle so close may pass the limit: sizes are estimated. */
const nearLimit = 0.85;

/** Says, where the export is started, that others may not take the bundle. */
export function SizeWarning({ estimate, options }: { estimate: Estimate; options: ExportOptions }) {
  const limit = estimate.usual_upload_limit;
  const bytes = estimatedBytes(estimate, options);
  if (bytes <= limit * nearLimit) return null;
  const without = estimatedBytes(estimate, { ...options, include_files: false });
  return (
    <Notice
      tone="warning"
      role="status"
      title={`With ${describeSize(bytes)} the bundle is likely to ${bytes > limit ? "pass" : "come near"} the usual upload limit of ${formatBytes(limit)}`}
    >
      The importing installation takes it only if BACKUP_MAX_UPLOAD_BYTES, and client_max_body_size of the proxy before it, were
      raised there.
      {without <= limit * nearLimit && ` Without stored files it will have ${describeSize(without)}.`}
    </Notice>
  );
}
