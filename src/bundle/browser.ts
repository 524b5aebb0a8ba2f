/** The part of the library that a browser may have: nothing here, or below it, is Node's. */
export { inspectBundle, largestInspected, type BundleSummary, type Inspection } from "./inspect";
