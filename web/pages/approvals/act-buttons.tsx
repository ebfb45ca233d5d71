import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { ApprovalDetail, peopleAnswer } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import { FormDialog } from './form-dialog.tsx';

type Mine = ApprovalDetail['mine'][number];
type Fields = { opinion?: string; users?: number[]; to?: number | string; afterwards?: string; vote?: string };

const dialogs: Readonly<
  Record<string, { readonly title: string; readonly note: string; readonly needsOpinion?: true }>
> = {
  agree: { title: '同意', note: '同意后进入下一节点，不能撤回。' },
  disagree: { title: '不同意', note: '不同意即否决，审批就此办结；加签人不同意只作为意见。', needsOpinion: true },
  return: { title: '退回', note: '退回后由所选的人补正，再按所选的方式继续。', needsOpinion: true },
  'add-before': { title: '前加签', note: '所选的人先签，签完再回到我。' },
  'add-after': { title: '后加签', note: '我同意，再由所选的人签；有人不同意则回到我再定。' },
  transfer: { title: '转办', note: '转给所选的人办理，我不再办。', needsOpinion: true },
  vote: { title: '投票', note: '投票后不能更改；办结前看不到他人的票。' },
  recuse: { title: '回避', note: '回避后不参加表决，也不计入法定人数。', needsOpinion: true },
  conclude: { title: '宣布结果', note: '按已投的票宣布结果，未投票的委员记为缺席。' },
};

/** The verbs of one open task as buttons, each with its dialog. */
export function ActButtons({ id, mine }: { readonly id: string; readonly mine: Mine }) {
  const [verb, setVerb] = useState<string>();
  return (
    <div className="approval-verbs">
      {mine.verbs.map((each) => (
        <Button
          key={each}
          type={['agree', 'vote', 'conclude'].includes(each) ? 'primary' : 'default'}
          danger={each === 'disagree'}
          onClick={() => setVerb(each)}
        >
          {dialogs[each]?.title ?? each}
        </Button>
      ))}
      {verb !== undefined && <VerbDialog id={id} mine={mine} verb={verb} close={() => setVerb(undefined)} />}
    </div>
  );
}

type VerbDialogProps = {
  readonly id: string;
  readonly mine: Mine;
  readonly verb: string;
  readonly close: () => void;
};

function VerbDialog({ id, mine, verb, close }: VerbDialogProps) {
  const { title = verb, note = '', needsOpinion } = dialogs[verb] ?? {};
  const url = `/api/approvals/${id}/tasks/${mine.seq}`;
  return (
    <FormDialog<Fields>
      title={`${title}：${mine.nodeTitle}`}
      note={note}
      confirm={`确定${title}`}
      initialValues={verb === 'return' ? { afterwards: 'straight-back' } : {}}
      send={(fields, options) => api.post(url, { verb, opinion: '', ...fields }, options)}
      close={close}
    >
      <VerbFields id={id} verb={verb} mine={mine} />
      {verb !== 'conclude' && (
        <Form.Item
          name="opinion"
          label={needsOpinion ? '理由' : '意见'}
          rules={needsOpinion ? [{ required: true, min: 2, message: '请写明理由' }] : []}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
      )}
    </FormDialog>
  );
}

function VerbFields({ id, verb, mine }: { readonly id: string; readonly verb: string; readonly mine: Mine }) {
  if (verb === 'vote') {
    return (
      <Form.Item name="vote" label="表决" rules={[{ required: true, message: '请选择' }]}>
        <Radio.Group
          options={[
            { value: 'agree', label: '同意' },
            { value: 'disagree', label: '不同意' },
            { value: 'abstain', label: '弃权' },
          ]}
        />
      </Form.Item>
    );
  }
  if (verb === 'return') {
    return (
      <>
        <Form.Item name="to" label="退回到" rules={[{ required: true, message: '请选择退回到哪里' }]}>
          <Select options={mine.targets.map((each) => ({ value: each.key, label: each.title }))} />
        </Form.Item>
        <Form.Item name="afterwards" label="补正之后">
          <Radio.Group
            options={[
              { value: 'straight-back', label: '直接回到我' },
              { value: 'rerun', label: '重走后续各节点' },
            ]}
          />
        </Form.Item>
      </>
    );
  }
  if (['transfer', 'add-before', 'add-after'].includes(verb))
    return <PeopleField id={id} isMany={verb !== 'transfer'} />;
  return null;
}

function PeopleField({ id, isMany }: { readonly id: string; readonly isMany: boolean }) {
  const people = useQuery({
    queryKey: ['approvals', 'people', id],
    queryFn: ({ signal }) => api.get<z.infer<typeof peopleAnswer>>(`/api/approvals/${id}/people`, {}, signal),
  });
  const options = (people.data?.rows ?? []).map((each) => ({
    value: each.userId,
    label: `${each.name}（${each.institution} ${each.roles.join('、')}）`,
  }));
  return (
    <Form.Item name={isMany ? 'users' : 'to'} label="人员" rules={[{ required: true, message: '请选择人员' }]}>
      <Select
        {...(isMany ? { mode: 'multiple' as const } : {})}
        showSearch
        optionFilterProp="label"
        loading={people.isPending}
        options={options}
      />
    </Form.Item>
  );
}
