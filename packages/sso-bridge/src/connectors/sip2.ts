import type { Sip2Connection } from '@understory/core/sign-in-settings.ts';
import { askCatalogue } from '@understory/sip2/client.ts';
import type { Sip2Decision } from '@understory/sip2/policy.ts';
import type { Block, CardResult, Connector } from './connector.ts';

/** Asks over SIP2, the protocol of self-service machines that nearly every catalogue speaks. */
export function sip2Connector(settings: Sip2Connection): Connector {
	return {
		kind: 'sip2',
		async check(card, secret, when) {
			if (card === '' || secret === '') return { outcome: 'bad_credentials' };
			return resultOf(card, await askCatalogue(settings, { card, pin: secret }, when));
		},
	};
}

function resultOf(card: string, decision: Sip2Decision): CardResult {
	switch (decision.outcome) {
		case 'ok': {
			const { age, expiredOn, internalId } = decision;
			return known(card, { age, expiresOn: expiredOn, expired: expiredOn !== null, stableId: internalId });
		}
		case 'refused_by_policy': {
			const block: Block = decision.reason === 'lost' ? 'lost_card' : 'barred';
			return known(card, { age: null, expiresOn: null, expired: false, stableId: null, blocks: [block] });
		}
		default:
			return decision;
	}
}

function known(
	card: string,
	facts: { age: number | null; expiresOn: string | null; expired: boolean; stableId: string | null } & {
		blocks?: readonly Block[];
	},
): CardResult {
	return {
		outcome: 'ok',
		facts: { card, location: null, patronType: null, blocks: [], ...facts },
	};
}
