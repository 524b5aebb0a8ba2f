import { describe } from "vitest";

import { s3Available } from "../support/s3";
import { killTheApplication } from "./kill-application";

describe.runIf(s3Available())("with S3", () => killTheApplication("s3"));
