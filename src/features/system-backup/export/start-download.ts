/**
 * Has the browser itself download the prepared export: it writes what comes to the disk, and
 * goes on when the page is left. Where the server refuses, the page stays and its run says why.
 */
export function startDownload(runId: string): void {
  const link = document.createElement("a");
  link.href = `/api/v1/admin/backup/export/${runId}`;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
