import { formatBytes, formatCount } from "@/components/format";
import { Time } from "@/components/ui/time";
import type { PreviewResponse } from "@/server/http/backup/schemas";

import { Fact, Facts } from "../facts";
import { Sha256 } from "../sha256";
import { describeOptions } from "../words/option-words";

/** Where a bundle comes from, and how much it holds. */
export function BundleFacts({ bundle, counts }: { bundle: Omit<PreviewResponse["bundle"], "warnings">; counts: PreviewResponse["counts"] }) {
  return (
    <Facts>
      <Fact name="Exported">{bundle.created_at === null ? "not known" : <Time value={bundle.created_at} />}</Fact>
      <Fact name="By System Backup">
        {bundle.application_version === null
          ? "not known"
          : `${bundle.application_version}, bundle format ${bundle.format_version ?? "not known"}`}
      </Fact>
      <Fact name="Options">{bundle.options === null ? "not known" : describeOptions(bundle.options)}</Fact>
      {counts !== null && (
        <Fact name="Holds">
          {formatCount(counts.organizations)} organizations, {formatCount(counts.assets)} assets,{" "}
          {formatCount(counts.vulnerabilities)} vulnerabilities, {formatCount(counts.files)} files
        </Fact>
      )}
      <Fact name="Size">{formatBytes(bundle.size)}</Fact>
      <Fact name="SHA-256" wide>
        <Sha256 value={bundle.sha256} />
      </Fact>
    </Facts>
  );
}
