/** The public face of this folder; README.md says what each is for. */
export { drained } from './drain.ts';
export { faultOfKept, type KeptUpload, keepBytes, keepUpload, pathOf, readKept, uploadBytesMax } from './keep.ts';
export { type FileType, mediaTypes, typeByName, typeTitles } from './sniff.ts';
export { virusCode, virusFound, virusWatch } from './test-virus.ts';
