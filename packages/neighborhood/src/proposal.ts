import type { Charter, PublicKeyRecord } from '@understory/core/register.ts';
import type {
	MembersDecide,
	Part,
	PeopleTouched,
	RosterProposal,
	RosterWithdrawal,
	SignedProposal,
	SignedReply,
	SignedVoice,
	SignedWithdrawal,
} from '@understory/core/roster-change.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { digestDocument, signDocument } from '@understory/transparency-log/signed-document.ts';
import { digestCharter } from './charter.ts';

const DAY = 24 * 60 * 60_000;

/** How members decide unless the charter says otherwise: two thirds of those who answer, at least half answer, fourteen days. */
export const USUAL_MEMBERS_DECIDE: MembersDecide = { by: 'members', share: [2, 3], quorum: [1, 2], days: 14 };

/** Is this a way to decide: parts that are no more than a whole, and a share of half at least? */
export function isWayToDecide({ share, quorum, days }: MembersDecide): boolean {
	const isPart = ([part, of]: Part) =>
		Number.isSafeInteger(part) && Number.isSafeInteger(of) && part > 0 && part <= of;
	return (
		isPart(share) && isPart(quorum) && share[0] * 2 >= share[1] && Number.isSafeInteger(days) && days > 0
	);
}

/** What a steward proposes; it can be answered for the days of the charter. Throws TypeError where the charter lets the steward decide. */
export function signProposal(
	about: Pick<RosterProposal, 'id' | 'neighborhood' | 'kind' | 'domain' | 'name' | 'reason' | 'evidence'> & {
		readonly charter: Charter;
		/** Of the branch it is about; a list has none. */
		readonly key?: PublicKeyRecord;
		/** UTC milliseconds. */
		readonly opened: number;
	},
	stewardKey: SigningKey,
): SignedProposal {
	const { charter, key, opened, ...rest } = about;
	if (!charter.changes) throw new TypeError('Members are asked only where the charter says so.');
	const proposal: RosterProposal = {
		type: 'understory/roster-proposal/v1',
		...rest,
		...(key ? { key: { id: key.id, publicKey: key.publicKey } } : {}),
		charter_digest: digestCharter(charter),
		opened,
		until: opened + charter.changes.days * DAY,
	};
	return signDocument(proposal, stewardKey);
}

/** Longest address of a list, in characters, and longest name of one, as branches keep it. */
export const LONGEST_LIST_ADDRESS = 260;
export const LONGEST_LIST_NAME = 60;

/** Is this the address of a list of servers: on the web, in the one spelling that URL gives it, without a name to sign in with? */
export function isListAddress(text: string): boolean {
	if (text.length > LONGEST_LIST_ADDRESS || !URL.canParse(text)) return false;
	const { href, protocol, username, password, hash } = new URL(text);
	return href === text && /^https?:$/.test(protocol) && username + password + hash === '';
}

/** Is what it is about named as it has to be: a branch by its domain and key, a list by its address and name alone? */
export function isWellNamed({ kind, domain, name, key }: RosterProposal): boolean {
	if (kind !== 'follow_list') return key !== undefined;
	return key === undefined && isListAddress(domain) && name.length <= LONGEST_LIST_NAME;
}

/** Under so many people only `few` is said, so that nobody is recognised. */
const LEAST_PUBLISHED = 5;

/** A number of people as a voice may carry it. */
export function publishedNumber(people: number): PeopleTouched {
	return people < LEAST_PUBLISHED ? 'few' : people;
}

/** A member gives its voice, with its branch key. */
export function signVoice(
	proposal: SignedProposal,
	said: {
		readonly domain: string;
		readonly voice: 'yes' | 'no';
		readonly reason: string;
		readonly people?: PeopleTouched;
		readonly at: number;
	},
	branchKey: SigningKey,
): SignedVoice {
	return signDocument(
		{ type: 'understory/roster-voice/v1', proposal: digestDocument(proposal), ...said },
		branchKey,
	);
}

/** The branch that it is about answers, with its branch key. */
export function signReply(
	proposal: SignedProposal,
	said: { readonly text: string; readonly at: number },
	branchKey: SigningKey,
): SignedReply {
	const { domain } = proposal;
	return signDocument(
		{ type: 'understory/roster-reply/v1', proposal: digestDocument(proposal), domain, ...said },
		branchKey,
	);
}

/** A member takes back what it agreed to, with its branch key. `since` is when that consent began. */
export function signWithdrawal(
	said: Pick<RosterWithdrawal, 'neighborhood' | 'domain' | 'since' | 'at'>,
	branchKey: SigningKey,
): SignedWithdrawal {
	const { neighborhood, domain, since, at } = said;
	return signDocument(
		{ type: 'understory/roster-withdrawal/v1', neighborhood, domain, since, at },
		branchKey,
	);
}
