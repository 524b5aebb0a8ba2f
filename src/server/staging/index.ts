export { forgetContents, readAnswer, readSamples, writeAnswer, writeSamples, type SampleSelection } from "./preview-contents";
export {
  holdPreview,
  keepForImport,
  stageBundle,
  sweepStaging,
  type StagedBundle,
  type StagedPreview,
} from "./staging";
