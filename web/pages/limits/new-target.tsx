import { Form, Input, InputNumber } from 'antd';
import { DrawerForm, InstitutionField, MoneyField, moneyRule, RegionField, requiredRule } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Entry = { guarantorId: string; county: string; year: number; amount: string; document: string };

/** 下达县域目标: a later one for the same county and year replaces it. */
export function NewTarget() {
  const me = useMe();
  return (
    <DrawerForm<Entry>
      note="只作提示，不限制业务；同一县、同一年度再下达的，取代先前的。"
      opener="下达目标"
      title="下达县域政策目标"
      send="下达"
      url="/api/limits/targets"
      initial={{ year: Number(me.today.slice(0, 4)) }}
      bodyOf={({ guarantorId, county, ...rest }) => ({
        ...rest,
        guarantorId: Number(guarantorId),
        county: Number(county),
      })}
    >
      <Form.Item name="guarantorId" label="承担机构" rules={[requiredRule('承担机构')]}>
        <InstitutionField kind="guarantor" placeholder="选择担保机构" />
      </Form.Item>
      <Form.Item name="county" label="县（区）" rules={[requiredRule('县（区）')]}>
        <RegionField countyOnly placeholder="选择县（区）" />
      </Form.Item>
      <Form.Item name="year" label="年度" rules={[requiredRule('年度')]}>
        <InputNumber min={2020} max={2199} />
      </Form.Item>
      <Form.Item name="amount" label="目标新增" rules={[requiredRule('目标新增'), moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="document" label="依据" rules={[requiredRule('依据')]}>
        <Input maxLength={200} placeholder="文号或文件名" />
      </Form.Item>
    </DrawerForm>
  );
}
