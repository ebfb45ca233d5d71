/** Everything pages build with, one component per kind of value. */
export { Chart } from './chart.tsx';
export { CreditInfo, CreditReport, purposeTitles, queryLooks } from './credit-info.tsx';
export { CustomerField } from './customer-field.tsx';
export { type Column, DataTable } from './data-table.tsx';
export { DayField, QuarterField } from './day-field.tsx';
export { DrawerForm } from './drawer-form.tsx';
export { type Fact, Facts } from './facts.tsx';
export { FootLine } from './foot-line.tsx';
export { Headroom, type HeadroomAsked, HeadroomLines } from './headroom.tsx';
export { type Explanation, useExplain } from './how-computed.tsx';
export { InstitutionField } from './institution-field.tsx';
export {
  ArticleTag,
  StatusBadge,
  type StatusTone,
  TagBadge,
  TagBadges,
  type TagCode,
  UnverifiedMark,
} from './marks.tsx';
export { MoneyField, moneyRule } from './money-field.tsx';
export { type JobProgress, ProgressLive } from './progress-live.tsx';
export { RefusalList } from './refusal-list.tsx';
export { type Region, RegionField, useRegionName, useRegions } from './region-field.tsx';
export {
  showCount,
  showFigure,
  showInstant,
  showWireDay,
  showWireMoney,
  showWireMultiple,
  showWireQuarter,
  showWireRatio,
  type Wire,
} from './show.ts';
export { type Shares, SplitBar, SplitLegend } from './split-bar.tsx';
export { CountText, DayText, MoneyText, MultipleText, RatioText } from './text.tsx';
export { GuarantorItem, requiredRule, TriedFormPage, useOwnGuarantor } from './tried-form.tsx';
export { UploadBox } from './upload-box.tsx';
export { useFilters } from './use-filters.ts';
export { useWrite } from './use-write.ts';
