import { InboxOutlined } from '@ant-design/icons';
import { Progress, Upload } from 'antd';
import { useState } from 'react';
import { ApiProblem, newIntent } from '../api.ts';
import { RefusalList } from './refusal-list.tsx';

type UploadBoxProps<Answer> = {
  readonly url: string;
  /** E.g. '.csv,.xlsx'. */
  readonly accept: string;
  readonly hint: string;
  readonly maxMegabytes?: number;
  /** Form fields sent before the file. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly onUploaded: (answer: Answer, file: File) => void;
};

/** Drops or chooses one file and sends it with its progress shown. The same file chosen again after a failure is the same intent. */
export function UploadBox<Answer>(props: UploadBoxProps<Answer>) {
  const { url, accept, hint, maxMegabytes = 2048, fields = {}, onUploaded } = props;
  const [sent, setSent] = useState<number>();
  const [problem, setProblem] = useState<unknown>();
  const [intent, setIntent] = useState<{ of: string; key: string }>();
  const start = async (file: File) => {
    setProblem(undefined);
    const names = accept.split(',').map((each) => each.trim().toLowerCase());
    if (!names.some((each) => file.name.toLowerCase().endsWith(each))) {
      return setProblem(new ApiProblem(400, { title: `只能上传 ${names.join('、')} 文件，您选的是「${file.name}」` }));
    }
    if (file.size > maxMegabytes * 1024 * 1024) {
      return setProblem(new ApiProblem(413, { title: `文件超过 ${maxMegabytes} MB，请拆分后再传` }));
    }
    const of = `${file.name}|${file.size}|${file.lastModified}`;
    const key = intent?.of === of ? intent.key : newIntent();
    setIntent({ of, key });
    setSent(0);
    try {
      onUploaded(await uploadFile<Answer>(url, file, fields, key, setSent), file);
      setIntent(undefined);
    } catch (caught) {
      setProblem(caught);
    } finally {
      setSent(undefined);
    }
  };
  return (
    <div className="upload-box">
      <Upload.Dragger
        accept={accept}
        multiple={false}
        showUploadList={false}
        disabled={sent !== undefined}
        beforeUpload={(file) => {
          void start(file);
          return false;
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">把文件拖到这里，或点击选择</p>
        <p className="ant-upload-hint">{hint}</p>
      </Upload.Dragger>
      {sent !== undefined && <Progress percent={Math.floor(sent * 100)} status="active" />}
      {problem !== undefined && <RefusalList problem={problem} />}
    </div>
  );
}

/** Sends one file as multipart/form-data. Only XMLHttpRequest tells how much of it has gone. Throws ApiProblem. */
export function uploadFile<Answer>(
  url: string,
  file: File,
  fields: Readonly<Record<string, string>>,
  intent: string,
  onProgress: (part: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', file, file.name);
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('x-requested-with', 'rongdan');
    request.setRequestHeader('idempotency-key', intent);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new ApiProblem(0, {}));
    request.onload = () => {
      const body = readJson(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as Answer);
      else reject(new ApiProblem(request.status, (body ?? {}) as Record<string, unknown>));
    };
    request.send(form);
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
