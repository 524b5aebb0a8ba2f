export { describeProblem, type Problem } from "./describe-problem";
export { problemKinds, type ProblemKind } from "./problem-kinds";
