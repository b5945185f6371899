import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { factsWanted } from '../card/admission.ts';
import type { Connector } from './connector.ts';
import { sip2Connector } from './sip2.ts';

/** The connector that settings name. */
export function connectorFor({ connector, timeouts, rules }: SignInSettings): Connector {
	if (connector.kind === 'sip2') return sip2Connector(connector, { timeouts, wants: factsWanted(rules) });
	throw new RangeError(`a connector that is not here yet: ${connector.kind}`);
}
