import type { SignedRoster } from '@understory/core/register.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { rememberVerified } from '@understory/transparency-log/remembered.ts';
import { digestDocument, signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { signConsent } from '../src/consent.ts';
import { memberOf } from '../src/member.ts';
import { nextVersion, signRoster } from '../src/roster.ts';
import { type RosterCheck, verifyRoster } from '../src/verify.ts';
import { branch, charter, ID, NOW, roster } from './neighborhood.ts';

const a = branch('north-portland');
const b = branch('belmont');
const DAY = 86_400_000;

/** What a home remembers of all these tests. */
const verify = rememberVerified();

/** The same, whether signatures are verified anew or were seen before. */
function reason(document: unknown, check: Partial<RosterCheck> = {}): string {
	const [anew, remembered] = [{}, { verify }].map((how) => {
		const result = verifyRoster(document, { now: NOW + 1000, ...check, ...how });
		return result.ok ? 'holds' : result.error.reason;
	});
	expect(remembered).to.equal(anew);
	return anew!;
}

describe('verifying a roster', () => {
	it('holds when its steward signed it and each member agreed', () => {
		const { first, steward } = roster([a.member, b.member]);
		expect(reason(first)).to.equal('holds');
		expect(reason(JSON.parse(JSON.stringify(first)), { stewardKeys: [steward] })).to.equal('holds');
	});

	it('a roster with nobody on it holds, and trusts nobody', () => {
		expect(reason(roster([]).first)).to.equal('holds');
	});

	it('refuses what is not a roster, and says where', () => {
		const { first } = roster([a.member]);
		for (const wrong of [null, 7, 'roster', [], {}, { ...first, extra: 1 }, { ...first, version: 1.5 }]) {
			expect(reason(wrong)).to.equal('unreadable');
		}
		const result = verifyRoster({ ...first, members: [{ ...a.member, key: null }] }, { now: NOW });
		expect(result).to.have.nested.property('error.detail').that.includes('/members/0/key');
	});

	it('refuses a roster that was changed after signing', () => {
		const { first } = roster([a.member]);
		expect(reason({ ...first, name: 'Somewhere else' })).to.equal('bad_signature');
		expect(reason({ ...first, members: [a.member, b.member] })).to.equal('bad_signature');
	});

	it('refuses a steward we do not know, even with a signature of its own', () => {
		const { first } = roster([a.member]);
		const usurper = roster([a.member]).first;
		expect(reason(usurper, { stewardKeys: [first.steward] })).to.equal('unknown_steward');
		expect(reason(usurper, { previous: first })).to.equal('unknown_steward');
	});

	it('a steward may hand over when both sides are known', () => {
		const { first, steward } = roster([a.member]);
		const heir = generateKey();
		const next = signRoster(nextVersion(first, { issued: NOW + 1, steward: heir }), heir);
		expect(reason(next, { previous: first, stewardKeys: [steward, heir] })).to.equal('holds');
	});

	it('holds until it expires and not a millisecond longer', () => {
		const { first } = roster([a.member], { expires: NOW + DAY });
		expect(reason(first, { now: NOW + DAY - 1 })).to.equal('holds');
		expect(reason(first, { now: NOW + DAY })).to.equal('expired');
		expect(reason(roster([], { expires: NOW }).first, { now: NOW - DAY })).to.equal('expired');
	});

	it('refuses a roster dated in the future, but not for two clocks that differ a little', () => {
		const { first } = roster([]);
		expect(reason(first, { now: NOW - 60_000 })).to.equal('holds');
		expect(reason(first, { now: NOW - DAY })).to.equal('not_yet');
	});

	it('refuses a member who did not sign its own consent', () => {
		const forged = { ...a.member, consent: b.consent };
		expect(reason(roster([forged]).first)).to.equal('consent_not_signed_by_member');
		const stolen = { ...a.member, consent: signDocument({ ...a.consent }, b.key) };
		expect(reason(roster([stolen]).first)).to.equal('consent_not_signed_by_member');
	});

	it('one member without consent spoils the whole roster, and is named', () => {
		const result = verifyRoster(roster([a.member, { ...b.member, consent: a.consent }]).first, { now: NOW });
		expect(result).to.have.nested.property('error.member', 'belmont.multnomah.localhost:4000');
	});

	it('refuses a consent given to another neighborhood, another charter or as another branch', () => {
		const terms = { neighborhood: ID, charter, origin: a.origin, since: NOW };
		const withConsent = (changes: Partial<typeof terms>) =>
			roster([{ ...a.member, consent: signConsent({ ...terms, ...changes }, a.key) }]).first;
		expect(reason(withConsent({}))).to.equal('holds');
		expect(reason(withConsent({ neighborhood: 'pdx' }))).to.equal('consent_for_another_neighborhood');
		const other = { title: charter.title, text: `${charter.text} And everything may be sold.` };
		expect(reason(withConsent({ charter: other }))).to.equal('consent_to_another_charter');
		expect(reason(withConsent({ origin: b.origin }))).to.equal('consent_of_another_branch');
		expect(reason(withConsent({ since: NOW + DAY }))).to.equal('consent_from_the_future');
	});

	it('a changed charter needs everybody to agree again', () => {
		const { first, steward } = roster([a.member]);
		const changed = { title: charter.title, text: `${charter.text}!` };
		const next = signRoster(nextVersion(first, { issued: NOW, charter: changed }), steward);
		expect(reason(next, { previous: first })).to.equal('consent_to_another_charter');
	});

	it('refuses the same domain or the same key twice', () => {
		expect(reason(roster([a.member, a.member]).first)).to.equal('duplicate_member');
		const twin = branch('belmont', a.key);
		expect(reason(roster([a.member, twin.member]).first)).to.equal('duplicate_member');
	});

	it('refuses a member whose domain, origin, actor or key contradict each other', () => {
		const wrong = [
			{ ...a.member, domain: 'belmont.multnomah.localhost:4000' },
			{ ...a.member, server_actor: 'https://evil.example/ap/actor' },
			{ ...a.member, origin: a.origin.toUpperCase().replace('HTTP', 'http') },
			{ ...a.member, key: { id: b.member.key.id, publicKey: a.member.key.publicKey } },
		];
		for (const member of wrong) {
			expect(reason(roster([member]).first)).to.equal('member_contradicts_itself');
		}
	});
});

describe('the chain of roster versions', () => {
	const { first, steward } = roster([a.member]);
	const second = signRoster(nextVersion(first, { issued: NOW + 1, members: [a.member, b.member] }), steward);
	const third = signRoster(nextVersion(second, { issued: NOW + 2, members: [b.member] }), steward);

	it('each version names the digest of the one before', () => {
		expect(second).to.include({ version: 2, prev: digestDocument(first), expires: NOW + 1 + 90 * DAY });
		expect(reason(second, { previous: first })).to.equal('holds');
		expect(reason(first, { previous: first })).to.equal('holds');
	});

	it('a home that missed a version may take the newest', () => {
		expect(reason(third, { previous: first })).to.equal('holds');
	});

	it('never goes back', () => {
		expect(reason(first, { previous: second })).to.equal('version_back');
	});

	it('does not fork', () => {
		const other = signRoster(nextVersion(first, { issued: NOW + 5 }), steward);
		expect(reason(other, { previous: second })).to.equal('forked');
	});

	it('does not break', () => {
		const sign = (changes: Partial<SignedRoster>) => signRoster({ ...second, ...changes }, steward);
		expect(reason(sign({ prev: digestDocument(second) }), { previous: first })).to.equal('broken_chain');
		expect(reason(sign({ prev: null }))).to.equal('broken_chain');
		expect(reason(sign({ version: 1 }))).to.equal('broken_chain');
	});

	it('does not turn into the roster of another neighborhood', () => {
		const other = signRoster(nextVersion({ ...first, id: 'pdx' }, { issued: NOW, members: [] }), steward);
		expect(reason(other, { previous: first })).to.equal('another_neighborhood');
	});

	it('is signed by the steward it names or not at all', () => {
		expect(() => signRoster(first, generateKey())).to.throw(TypeError);
	});

	it('the same parts make the same document, in whatever order the members come', () => {
		const one = roster([a.member, b.member], {}, steward).first;
		const two = roster([b.member, a.member], {}, steward).first;
		expect(digestDocument(one)).to.equal(digestDocument(two));
	});

	it('an entry follows from the origin', () => {
		expect(memberOf({ ...a, name: 'N', library: 'L' })).to.include({
			domain: 'north-portland.multnomah.localhost:4000',
			server_actor: 'http://north-portland.multnomah.localhost:4000/ap/actor',
		});
	});
});
