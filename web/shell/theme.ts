import type { ThemeConfig } from 'antd';

/** Every colour, size and font of the web pages. CSS reads them as `--name`; charts and maps import them. */
export const tokens = {
  primary: '#1a4f95',
  primaryDeep: '#0f3a73',
  primaryDeepest: '#0a2a56',
  primarySoft: '#edf3fb',
  accent: '#c8922b',
  ink: '#1c2733',
  inkSoft: '#5b6876',
  inkFaint: '#8a96a3',
  line: '#e1e7ee',
  lineSoft: '#eef2f6',
  canvas: '#f3f6f9',
  surface: '#ffffff',
  good: '#2c7a52',
  goodSoft: '#e9f5ee',
  warn: '#b26a00',
  warnSoft: '#fff5e2',
  bad: '#c0342b',
  badSoft: '#fdeeec',
  mute: '#eef1f4',
} as const;

export const fontFamily =
  '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC",system-ui,sans-serif';

/** Colours of series in charts, told apart also by people who see red and green alike. */
export const seriesColors = ['#1a4f95', '#c8922b', '#3d8b83', '#8d5a97', '#b5523b', '#6f8fb8', '#94a33c', '#5b6876'];

/** From little to much, for the map. No data is grey and never the lightest step. */
export const rampColors = ['#e6effa', '#bcd3ee', '#86addc', '#4c80c0', '#1a4f95', '#0a2a56'];

export const antTheme: ThemeConfig = {
  token: {
    colorPrimary: tokens.primary,
    colorLink: tokens.primary,
    colorSuccess: tokens.good,
    colorWarning: tokens.warn,
    colorError: tokens.bad,
    colorInfo: tokens.primary,
    // Ant Design would derive muddy greys from these deep colours.
    colorSuccessBg: tokens.goodSoft,
    colorSuccessBorder: '#b9dcc8',
    colorWarningBg: tokens.warnSoft,
    colorWarningBorder: '#efd3a0',
    colorErrorBg: tokens.badSoft,
    colorErrorBorder: '#f1c9c5',
    colorInfoBg: tokens.primarySoft,
    colorInfoBorder: '#c5d8ef',
    colorText: tokens.ink,
    colorTextSecondary: tokens.inkSoft,
    colorBorder: '#cfd8e2',
    colorBorderSecondary: tokens.line,
    colorBgLayout: tokens.canvas,
    fontFamily,
    fontSize: 13,
    borderRadius: 4,
    controlHeight: 30,
    wireframe: false,
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
  },
  components: {
    Table: {
      headerBg: '#f5f8fb',
      headerColor: tokens.inkSoft,
      headerSplitColor: 'transparent',
      rowHoverBg: '#f4f8fd',
      cellPaddingBlockSM: 6,
      cellPaddingInlineSM: 10,
      borderColor: tokens.lineSoft,
      cellFontSizeSM: 13,
    },
    Menu: {
      itemHeight: 36,
      itemBorderRadius: 4,
      itemMarginInline: 8,
      itemSelectedBg: tokens.primarySoft,
      itemSelectedColor: tokens.primaryDeep,
      subMenuItemBg: 'transparent',
      collapsedWidth: 55,
      collapsedIconSize: 16,
    },
    Card: { headerFontSize: 14, headerHeight: 42, bodyPadding: 16 },
    Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
    Tag: { defaultBg: tokens.mute },
    Descriptions: { itemPaddingBottom: 8 },
    Segmented: { trackPadding: 2 },
  },
};

/** Puts the tokens on the root element for style.css. */
export function applyTokens(root: HTMLElement): void {
  for (const [name, value] of Object.entries(tokens)) {
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  root.style.setProperty('--font', fontFamily);
}
