import { killTheApplication } from "./kill-application";

killTheApplication("local");
