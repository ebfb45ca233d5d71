import { Button, Form, Input } from 'antd';
import type { Prefilled } from '../../../src/modules/documents/contract.ts';

/** The repeated parts of a paper (分期, 反担保物, 委员): a line each, to be added and taken out. */
export const RowGroups = ({ groups }: { groups: Prefilled['groups'] }) => (
  <>
    {groups.map((group) => (
      <Form.List key={group.name} name={['rows', group.name]}>
        {(lines, { add, remove }) => (
          <fieldset className="paper-rows">
            <legend>
              {group.name}
              {group.isNeeded ? '' : '（模板未用）'}
            </legend>
            {lines.map(({ key, name }) => (
              <div key={key} className="paper-row">
                {group.fields.map((field) => (
                  <Form.Item key={field.name} name={[name, field.name]} label={field.name}>
                    <Input placeholder={field.type === 'day' ? 'YYYY-MM-DD' : ''} maxLength={2000} />
                  </Form.Item>
                ))}
                <button type="button" className="text-button" onClick={() => remove(name)}>
                  移除
                </button>
              </div>
            ))}
            <Button size="small" onClick={() => add({})}>
              增加一行
            </Button>
          </fieldset>
        )}
      </Form.List>
    ))}
  </>
);
