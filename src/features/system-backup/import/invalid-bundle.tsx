"use client";

import { formatCount } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Cell, HeaderCell, Table, TableBody, TableHead, TableRow } from "@/components/ui/table";
import type { PreviewResponse } from "@/server/http/backup/schemas";

import { BundleFacts } from "../plan/bundle-facts";
import { StepHeading } from "../step-heading";
import { problemWords } from "../words/problem-words";
import { tableLabel } from "../words/table-words";
import type { UploadEnd } from "./send-bundle";
import { uploads } from "./upload";

/** A bundle that the server refuses: why, and where in it. */
export function InvalidBundle({ end, name }: { end: Extract<UploadEnd, { end: "invalid" }>; name: string }) {
  const { preview, code } = end;
  return (
    <div className="space-y-4">
      <StepHeading takesFocus>{`${name} cannot be imported`}</StepHeading>
      <Notice tone="danger" title={problemWords[code]} role="alert">
        Nothing was changed, and the upload was deleted.
      </Notice>
      <Card className="overflow-hidden">
        <CardHeader
          title="What is wrong"
          description={
            preview.error_count > preview.errors.length
              ? `The first ${formatCount(preview.errors.length)} of ${preview.error_count_is_least ? "at least " : ""}${formatCount(preview.error_count)}`
              : undefined
          }
        />
        <Table label="What is wrong with the bundle">
          <TableHead>
            <HeaderCell>Table</HeaderCell>
            <HeaderCell numeric>Row</HeaderCell>
            <HeaderCell className="hidden sm:table-cell">Column</HeaderCell>
            <HeaderCell className="w-full">Why</HeaderCell>
          </TableHead>
          <TableBody>
            {preview.errors.map((error, index) => (
              <TableRow key={index}>
                <Cell className="whitespace-nowrap">{placeOf(error)}</Cell>
                <Cell numeric>{error.row === undefined ? "–" : formatCount(error.row)}</Cell>
                <Cell className="hidden font-mono whitespace-nowrap sm:table-cell">{error.column ?? "–"}</Cell>
                <Cell className="min-w-32 wrap-anywhere">
                  {error.column !== undefined && <span className="block font-mono sm:hidden">{error.column}</span>}
                  {reasonOf(error)}
                </Cell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
        <p className="border-t border-line px-4 py-2.5 text-[0.8125rem] text-soft">Rows are counted from 0, as in the bundle's files.</p>
      </Card>
      <Card>
        <CardBody>
          <BundleFacts bundle={preview.bundle} counts={preview.counts} />
        </CardBody>
      </Card>
      <Button look="primary" onClick={uploads.forget}>
        Choose another file
      </Button>
    </div>
  );
}

type Wrong = PreviewResponse["errors"][number];

function placeOf({ table, entry }: Wrong): string {
  return table === undefined ? (entry ?? "–") : tableLabel(table);
}

/** The message begins with the place, which has columns of its own here. */
function reasonOf({ table, row, column, message }: Wrong): string {
  const place = `${table}, row ${row}, ${column}: `;
  return message.startsWith(place) ? message.slice(place.length) : message;
}
