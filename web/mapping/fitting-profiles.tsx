import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { FieldSource } from '../../src/modules/imports/contract.ts';
import { StatusBadge } from '../fields/index.ts';
import { fitOf, type Sample } from './mapping.ts';
import './mapping.css';

type Known = { readonly code: string; readonly profile: { readonly fields: Record<string, FieldSource> } };
type FittingProfilesProps<P extends Known> = {
  readonly profiles: readonly P[];
  readonly sample: Sample;
  readonly columns: readonly { readonly title: string; readonly render: (profile: P) => ReactNode }[];
  readonly onChosen: (profile: P) => void;
};

/** Mappings that were used before, the best fitting this file first. */
export function FittingProfiles<P extends Known>({ profiles, sample, columns, onChosen }: FittingProfilesProps<P>) {
  const fitting = profiles
    .map((profile) => ({ profile, fit: fitOf(profile.profile.fields, sample.columns) }))
    .sort((one, other) => one.fit.absent.length - other.fit.absent.length);
  return (
    <table className="dense mapping-profiles">
      <thead>
        <tr>
          {columns.map(({ title }) => (
            <th key={title}>{title}</th>
          ))}
          <th>与本文件</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {fitting.map(({ profile, fit }) => (
          <tr key={profile.code}>
            {columns.map(({ title, render }) => (
              <td key={title}>{render(profile)}</td>
            ))}
            <td>
              {fit.absent.length === 0 ? (
                <StatusBadge tone="good">{`${fit.wanted} 列全部对得上`}</StatusBadge>
              ) : (
                <span title={`缺：${fit.absent.join('、')}`}>
                  <StatusBadge tone="mute">{`对上 ${fit.found} / ${fit.wanted} 列`}</StatusBadge>
                </span>
              )}
            </td>
            <td>
              <Button
                size="small"
                type={fit.absent.length === 0 ? 'primary' : 'default'}
                onClick={() => onChosen(profile)}
              >
                用这个
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
