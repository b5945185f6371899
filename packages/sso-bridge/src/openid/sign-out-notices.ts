import type { Log } from '@understory/core/log.ts';
import type { Provider } from 'oidc-provider';
import type { Database } from '../store/database.ts';
import { forgetNotice, keepNotices, type LogoutNotice } from '../store/logout-notices.ts';

/** What oidc-provider's client can do and its types leave out. */
interface Told {
	readonly backchannelLogoutUri: string | undefined;
	backchannelLogout(account: string, sid: string): Promise<void>;
}

/** What telling clients is built from. */
export interface NoticeParts {
	readonly database: Database;
	readonly log: Log;
}

/**
 * Tells clients that a session of theirs has ended (OpenID Connect Back-Channel Logout 1.0). Whom to tell is written down first; whoever does
 * not answer now is told later by `tellAgain`.
 */
export async function tellAll(
	parts: NoticeParts,
	provider: Provider,
	notices: readonly LogoutNotice[],
	now: number,
): Promise<void> {
	await keepNotices(parts.database, notices, now);
	await Promise.all(notices.map((notice) => tell(parts, provider, notice)));
}

/** Tells one client; what does not arrive stays written down. A client that is gone, or wants no notices, is left out for good. */
export async function tell(parts: NoticeParts, provider: Provider, notice: LogoutNotice): Promise<void> {
	try {
		const client = (await provider.Client.find(notice.client)) as Partial<Told> | undefined;
		if (client?.backchannelLogoutUri) await client.backchannelLogout?.(notice.account, notice.sid);
		await forgetNotice(parts.database, notice);
	} catch (error) {
		parts.log.warn('sign_out_not_told', { branch: notice.client, error });
	}
}
