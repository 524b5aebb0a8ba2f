export {
  holdPreview,
  keepForImport,
  stageBundle,
  sweepStaging,
  type StagedBundle,
  type StagedPreview,
} from "./staging";
