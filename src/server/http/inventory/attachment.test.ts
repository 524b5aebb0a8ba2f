import { expect, test } from "vitest";

import { attachment } from "./attachment";

test.each([
  ["report.pdf", "report.pdf", "report.pdf"],
  ['say "hi" 100%.txt', "say _hi_ 100_.txt", "say%20%22hi%22%20100%25.txt"],
  ["søk (1)'*.html", "s_k (1)'*.html", "s%C3%B8k%20%281%29%27%2A.html"],
  ["../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd"],
  ["a\r\nSet-Cookie: x=1", "a__Set-Cookie: x=1", "a__Set-Cookie%3A%20x%3D1"],
  ["photo\u202egnp.exe", "photo_gnp.exe", "photo_gnp.exe"],
  ["", "file", "file"],
])("%j is saved as %j", (name, plain, encoded) => {
  expect(attachment(name)).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${encoded}`);
});
