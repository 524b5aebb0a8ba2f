// Begins to store an object in the folder given, says so, and waits to be killed.
import { Readable } from "node:stream";
import { createLocalObjectStore } from "@/storage";

const [directory = ""] = process.argv.slice(2);
const body = new Readable({ read: () => undefined });
body.push("half");
void createLocalObjectStore({ directory }).put("theirs", body, {
  size: 8,
  sha256: "0".repeat(64),
  contentType: "text/plain",
  when: "absent",
});
// A moment for the file to be there; the test itself waits until it is.
setTimeout(() => console.log("begun"), 100);
setInterval(() => undefined, 1_000);
