import type {
	Charter,
	PublicKeyRecord,
	Roster,
	RosterMember,
	SignedRoster,
} from '@understory/core/register.ts';
import type { Founder, RosterEvent, RosterSuspension } from '@understory/core/roster-change.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { digestDocument, signDocument } from '@understory/transparency-log/signed-document.ts';
import { charterOf } from './charter.ts';

/** How long a roster holds unless its steward says otherwise, in milliseconds: 90 days. Renew it long before. */
export const ROSTER_LIFE = 90 * 24 * 60 * 60 * 1000;

/** What a steward decides about a version. Times are UTC milliseconds. */
export interface RosterParts {
	readonly id: string;
	readonly name: string;
	/** Where it will be published, which others will be told by the document itself (DESIGN 5.10). */
	readonly url: string;
	readonly charter: Charter;
	readonly steward: PublicKeyRecord;
	readonly members: readonly RosterMember[];
	/** Where members decide: who began, and what happened since. */
	readonly founders?: readonly Founder[];
	readonly history?: readonly RosterEvent[];
	readonly suspensions?: readonly RosterSuspension[];
	readonly issued: number;
	readonly expires?: number;
}

/** The first version of a roster. The same parts always give the same document: members are in the order of their domains. */
export function buildRoster(parts: RosterParts): Roster {
	return assemble(parts, 1, null);
}

/** The version after `previous`, chained to it by its digest (DESIGN 4.6). What is not given stays as it was, except the times. */
export function nextVersion(
	previous: SignedRoster,
	changes: Partial<Omit<RosterParts, 'id'>> & { readonly issued: number },
): Roster {
	const { name, url, charter, steward, members, founders, history, suspensions } = previous;
	const said = {
		...(founders ? { founders } : {}),
		...(history ? { history } : {}),
		...(suspensions ? { suspensions } : {}),
	};
	const parts = { id: previous.id, name, url, charter, steward, members, ...said, ...changes };
	return assemble(parts, previous.version + 1, digestDocument(previous));
}

/** Signs a roster with its steward's key. Throws when the key is not the one the roster names. */
export function signRoster(roster: Roster, stewardKey: SigningKey): SignedRoster {
	if (roster.steward.id !== stewardKey.id || roster.steward.publicKey !== stewardKey.publicKey) {
		throw new TypeError('A roster is signed by the steward it names.');
	}
	return signDocument(roster, stewardKey);
}

function assemble(parts: RosterParts, version: number, prev: string | null): Roster {
	return {
		type: 'understory/roster/v1',
		id: parts.id,
		name: parts.name,
		url: parts.url,
		version,
		prev,
		charter: charterOf(parts.charter),
		steward: { id: parts.steward.id, publicKey: parts.steward.publicKey },
		members: [...parts.members].sort((a, b) => (a.domain < b.domain ? -1 : a.domain > b.domain ? 1 : 0)),
		...(parts.charter.changes ? { founders: parts.founders ?? [], history: parts.history ?? [] } : {}),
		...(parts.suspensions && parts.suspensions.length > 0 ? { suspensions: parts.suspensions } : {}),
		issued: parts.issued,
		expires: parts.expires ?? parts.issued + ROSTER_LIFE,
	};
}
