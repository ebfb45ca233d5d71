import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where notifications may go. A receiver inside this network must be named by the operator (RONGDAN_WEBHOOK_ALLOW, comma-separated
 * CIDR blocks); a demo may also call itself. Otherwise a subscription could be used to reach what only this machine can.
 */
export type AddressPolicy = { mayReach(address: string): boolean; allowsHttp(host: string): boolean };

const inside: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

/** The policy of this installation. */
export function addressPolicy(env: Readonly<Record<string, string | undefined>> = process.env): AddressPolicy {
  const closed = new BlockList();
  for (const [net, prefix, family] of inside) closed.addSubnet(net, prefix, family);
  const open = new BlockList();
  for (const block of (env.RONGDAN_WEBHOOK_ALLOW ?? '').split(',').filter(Boolean)) {
    const [net = '', prefix] = block.trim().split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(net) === 0) throw new Error(`RONGDAN_WEBHOOK_ALLOW 不是网段：${block}`);
    open.addSubnet(net, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  const isDemo = /^(1|true|on|yes)$/i.test(env.RONGDAN_DEMO ?? '');
  if (isDemo) {
    open.addSubnet('127.0.0.0', 8, 'ipv4');
    open.addAddress('::1', 'ipv6');
  }
  const within = (list: BlockList, address: string) =>
    list.check(plain(address), isIP(plain(address)) === 6 ? 'ipv6' : 'ipv4');
  const mayReach = (address: string) =>
    isIP(plain(address)) !== 0 && (within(open, address) || !within(closed, address));
  const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;
  return {
    mayReach,
    // Only to oneself may a notification go unencrypted.
    allowsHttp: (host) =>
      loopback.test(host) && mayReach(host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '')),
  };
}

/** An IPv4 address in IPv6 clothes is judged as what it is. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** Name resolution for the connection itself: the address that is judged is the address that is called. */
export function guardedLookup(policy: AddressPolicy): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const allowed = found.filter((each) => policy.mayReach(each.address));
      const first = allowed[0];
      if (!first) return done(new Error('接收地址指向内部网络，已拒绝'), '', 0);
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}
