export { describeProblem } from "./describe-problem";
export { problemKinds, serverErrorCodes, trpcCodeOf, type ProblemKind } from "./problem-kinds";
export { problemSchema, type Problem } from "./problem-schema";
