import { addressKind } from '../../call/addresses.js';
import { wireFailure } from '../../call/wire-failure.js';
import type { Check } from '../check.js';
import { finding } from '../findings.js';

export const dnsCheck: Check = {
  id: 'dns',
  group: 'reach',
  title: 'Name and address',
  sends: 'nothing; asks the name server',
  harmless: true,
  needs: 'url',
  run: async (probe) => {
    const { url } = probe.endpoint;
    try {
      const address = (await probe.addresses()).find((each) => addressKind(each) === 'private');
      return address === undefined ? [] : [finding('address_private', { address })];
    } catch (error) {
      return [finding('name_unknown', { reason: wireFailure(error, url, 'connecting').reason })];
    }
  },
};
