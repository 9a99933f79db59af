import { isIP } from 'node:net';
import { addressKind } from '../../call/addresses.js';
import { wireFailure } from '../../call/wire-failure.js';
import type { Check } from '../check.js';
import { finding } from '../findings.js';

export const dnsCheck: Check = {
  id: 'dns',
  group: 'reach',
  suite: 'basic',
  title: 'Name and address',
  sends: 'nothing; resolves the host name',
  harmless: true,
  decisive: true,
  needs: 'url',
  run: async (probe) => {
    const { url } = probe.endpoint;
    try {
      const addresses = await probe.addresses();
      const address = addresses.find((each) => addressKind(each) === 'private');
      if (address !== undefined) return [finding('address_private', { address })];
      return addresses.every((each) => isIP(each) === 6) ? [finding('ipv6_only')] : [];
    } catch (error) {
      return [finding('name_unknown', { reason: wireFailure(error, url, 'connecting').reason })];
    }
  },
};
