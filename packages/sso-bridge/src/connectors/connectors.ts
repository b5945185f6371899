import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Connector } from './connector.ts';
import { sip2Connector } from './sip2.ts';

/** The connector that settings name. */
export function connectorFor({ connector }: SignInSettings): Connector {
	return sip2Connector(connector);
}
