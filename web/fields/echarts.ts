import { BarChart, HeatmapChart, LineChart, MapChart, PieChart, ScatterChart, SunburstChart } from 'echarts/charts';
import {
  AriaComponent,
  DatasetComponent,
  DataZoomComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { fontFamily, seriesColors, tokens } from '../shell/theme.ts';

echarts.use([
  BarChart,
  HeatmapChart,
  LineChart,
  MapChart,
  PieChart,
  ScatterChart,
  SunburstChart,
  AriaComponent,
  DatasetComponent,
  DataZoomComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

const axis = {
  axisLine: { lineStyle: { color: tokens.line } },
  axisTick: { show: false },
  axisLabel: { color: tokens.inkSoft, fontSize: 12 },
  splitLine: { lineStyle: { color: tokens.lineSoft } },
  nameTextStyle: { color: tokens.inkSoft },
};
echarts.registerTheme('rongdan', {
  color: seriesColors,
  textStyle: { fontFamily, color: tokens.ink },
  categoryAxis: axis,
  valueAxis: axis,
  timeAxis: axis,
  legend: { top: 0, textStyle: { color: tokens.inkSoft }, itemWidth: 14, itemHeight: 8, icon: 'roundRect' },
  tooltip: { borderColor: tokens.line, textStyle: { color: tokens.ink, fontSize: 12 }, confine: true },
  bar: { barMaxWidth: 26 },
  line: { symbolSize: 5, lineStyle: { width: 2 } },
  animationDuration: 250,
});

/** ECharts with only the parts this product draws with. */
export { echarts };
