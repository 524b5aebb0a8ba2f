export { NewContents, readAnswer, readSamples, type SampleSelection } from "./preview-contents";
export {
  holdPreview,
  keepForImport,
  stageBundle,
  sweepStaging,
  type StagedBundle,
  type StagedPreview,
} from "./staging";
