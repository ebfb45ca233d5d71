/** Trades of the demo book: GB/T 4754-2017 code, what the company's name says, typical staff and yearly revenue (万元), and tag odds. */
export type Trade = {
  readonly code: string;
  readonly name: string;
  readonly staff: readonly [number, number];
  readonly revenue: readonly [number, number];
  /** 支新 (strategic emerging industry) fits this trade. */
  readonly isEmerging: boolean;
};

/** The trades demo companies are in: most of a county's economy, a few strategic emerging ones. */
export const trades: readonly Trade[] = [
  { code: '0111', name: '种植', staff: [3, 30], revenue: [30, 480], isEmerging: false },
  { code: '0313', name: '养殖', staff: [3, 25], revenue: [40, 480], isEmerging: false },
  { code: '1391', name: '面业', staff: [20, 120], revenue: [320, 1900], isEmerging: false },
  { code: '1521', name: '酿造', staff: [20, 150], revenue: [320, 1900], isEmerging: false },
  { code: '2614', name: '新材料', staff: [22, 180], revenue: [350, 1950], isEmerging: true },
  { code: '3360', name: '装备制造', staff: [25, 200], revenue: [400, 1990], isEmerging: true },
  { code: '3444', name: '机电设备', staff: [20, 160], revenue: [330, 1900], isEmerging: true },
  { code: '4719', name: '建筑工程', staff: [15, 120], revenue: [310, 5600], isEmerging: false },
  { code: '5121', name: '粮油贸易', staff: [5, 18], revenue: [1000, 4800], isEmerging: false },
  { code: '5181', name: '商贸', staff: [5, 18], revenue: [1000, 4900], isEmerging: false },
  { code: '5211', name: '超市', staff: [10, 45], revenue: [100, 480], isEmerging: false },
  { code: '5430', name: '运输', staff: [20, 200], revenue: [210, 2800], isEmerging: false },
  { code: '6110', name: '酒店', staff: [10, 90], revenue: [110, 1800], isEmerging: false },
  { code: '6210', name: '餐饮', staff: [10, 80], revenue: [100, 1500], isEmerging: false },
  { code: '6513', name: '软件', staff: [10, 90], revenue: [60, 950], isEmerging: true },
  { code: '7320', name: '科技', staff: [10, 90], revenue: [60, 900], isEmerging: true },
];
