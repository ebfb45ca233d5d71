/**
 * The first two digits of region codes: GB/T 2260 provinces, with 10 for bodies registered nationally and 66 for 新疆生产建设兵团
 * (both only in 统一社会信用代码). Counties are not checked: a code keeps the prefix of a county long abolished.
 */
export const provincePrefixes: ReadonlySet<string> = new Set(
  (
    '10 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 ' +
    '50 51 52 53 54 61 62 63 64 65 66 71 81 82 83'
  ).split(' '),
);
