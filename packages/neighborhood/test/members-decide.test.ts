import type { SignedRoster } from '@understory/core/register.ts';
import type { Part, RosterEvent, SignedVoice } from '@understory/core/roster-change.ts';
import { generateKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { outcomes } from '../src/changes.ts';
import { digestCharter } from '../src/charter.ts';
import { signConsent } from '../src/consent.ts';
import { memberOf } from '../src/member.ts';
import {
	isWayToDecide,
	publishedNumber,
	signProposal,
	signReply,
	signVoice,
	signWithdrawal,
	USUAL_MEMBERS_DECIDE,
} from '../src/proposal.ts';
import { buildRoster, nextVersion, signRoster } from '../src/roster.ts';
import { tally } from '../src/tally.ts';
import { createTrust } from '../src/trust.ts';
import { verifyRoster } from '../src/verify.ts';
import { ID, NOW, charter as plain, roster as plainRoster } from './neighborhood.ts';

const DAY = 86_400_000;
const charter = { ...plain, changes: USUAL_MEMBERS_DECIDE };
const steward = generateKey();
const [a, b, c, d, e] = ['albina', 'belmont', 'capitol', 'dover', 'estacada'].map((slug) => town(slug));
const END = NOW + 14 * DAY;

function town(slug: string, key: SigningKey = generateKey()) {
	const origin = `http://${slug}.multnomah.localhost:4000`;
	const consent = signConsent({ neighborhood: ID, charter, origin, since: NOW - 1000 }, key);
	const member = memberOf({ origin, name: slug, library: 'Multnomah County Library', key, consent });
	return { key, origin, domain: member.domain, member };
}
type Town = ReturnType<typeof town>;

function proposed(kind: 'admit' | 'expel', about: Town, id = `${kind} ${about.domain}`) {
	const words = { reason: 'As the hosts of both talked over.', evidence: '' };
	const { domain, key, member } = about;
	const parts = { id, neighborhood: ID, kind, domain, name: member.name, key, ...words, opened: NOW };
	return signProposal({ ...parts, charter }, steward);
}
type Proposal = ReturnType<typeof proposed>;

function voice(proposal: Proposal, of: Town, said: 'yes' | 'no' = 'yes', at = NOW + DAY) {
	return signVoice(proposal, { domain: of.domain, voice: said, reason: 'We know them.', at }, of.key);
}

function decided(proposal: Proposal, voices: readonly SignedVoice[], at = END): RosterEvent {
	return { event: 'decided', at, proposal, voices, reply: null };
}

function began(towns: readonly Town[]): SignedRoster {
	const url = 'http://accountability.multnomah.localhost:4000/neighborhoods/multnomah/roster';
	const members = towns.map(({ member }) => member);
	const founders = towns.map(({ domain, key }) => ({
		domain,
		key: { id: key.id, publicKey: key.publicKey },
	}));
	const parts = { id: ID, name: 'Multnomah', url, charter, steward, members, founders, issued: NOW };
	return signRoster(buildRoster(parts), steward);
}

function after(
	previous: SignedRoster,
	towns: readonly Town[],
	history: readonly RosterEvent[],
): SignedRoster {
	const members = towns.map(({ member }) => member);
	return signRoster(nextVersion(previous, { members, history, issued: END + 1 }), steward);
}

function reason(document: unknown, previous?: SignedRoster): string {
	const result = verifyRoster(document, { now: END + 2, ...(previous ? { previous } : {}) });
	return result.ok ? 'holds' : result.error.reason;
}

describe('a roster whose members decide', () => {
	const first = began([a!, b!, c!]);
	const admit = proposed('admit', d!);
	const expel = proposed('expel', c!);

	it('a charter without a word about changes has the digest it always had, and its rosters hold as before', () => {
		expect(digestCharter({ title: plain.title, text: plain.text })).to.equal(digestCharter(plain));
		expect(digestCharter(charter)).not.to.equal(digestCharter(plain));
		expect(plainRoster([]).first).not.to.have.any.keys('founders', 'history', 'suspensions');
	});

	it('lets in whom enough members want, whether one knows the version before or sees it for the first time', () => {
		const next = after(first, [a!, b!, c!, d!], [decided(admit, [voice(admit, a!), voice(admit, b!)])]);
		expect(reason(next, first)).to.equal('holds');
		expect(reason(JSON.parse(JSON.stringify(next)))).to.equal('holds');
	});

	it('puts out whom enough of the others do not want, who has no voice in it', () => {
		const voices = [voice(expel, a!), voice(expel, b!)];
		expect(reason(after(first, [a!, b!], [decided(expel, voices)]), first)).to.equal('holds');
		const own = [...voices, voice(expel, c!, 'no')];
		expect(reason(after(first, [a!, b!], [decided(expel, own)]), first)).to.equal('voice_does_not_hold');
	});

	it('refuses a steward that changes it alone, in either direction', () => {
		expect(reason(after(first, [a!, b!, c!, d!], []), first)).to.equal('changed_without_members');
		expect(reason(after(first, [a!, b!], []), first)).to.equal('changed_without_members');
		const { founders: _, ...unsaid } = first;
		expect(reason(signDocument(unsaid, steward))).to.equal('history_changed');
	});

	it('no set of voices of fewer than the charter asks makes a roster that holds', () => {
		const all = [a!, b!, c!, e!];
		const start = began(all);
		for (let sets = 0; sets < 81; sets += 1) {
			const said = all.map((_, at) => Math.floor(sets / 3 ** at) % 3);
			const voices = all.flatMap((one, at) =>
				said[at] === 0 ? [] : [voice(admit, one, said[at] === 1 ? 'yes' : 'no')],
			);
			const yes = said.filter((one) => one === 1).length;
			const enough = voices.length >= 2 && yes * 3 >= voices.length * 2;
			const next = after(start, [...all, d!], [decided(admit, voices)]);
			expect(reason(next, start), said.join('')).to.equal(enough ? 'holds' : 'changed_without_members');
		}
	});

	it('counts the same by whole numbers for every charter and every number of voices', () => {
		const towns = Array.from({ length: 4 }, (_, at) => town(`count-${at}`));
		const standing = new Map(towns.map(({ domain, key }) => [domain, key]));
		const parts: Part[] = [
			[1, 2],
			[2, 3],
			[3, 4],
			[1, 1],
		];
		const voices = towns.map((one) => [voice(admit, one, 'yes'), voice(admit, one, 'no')] as const);
		for (const share of parts) {
			for (const quorum of parts) {
				for (let yes = 0; yes <= 4; yes += 1) {
					for (let no = 0; yes + no <= 4; no += 1) {
						const given = voices.slice(0, yes + no).map(([aye, nay], at) => (at < yes ? aye : nay));
						const found = tally(admit, given, standing, { by: 'members', share, quorum, days: 14 });
						const enough = yes + no > 0 && (yes + no) / 4 >= quorum[0] / quorum[1] - 1e-9;
						expect(found.carried).to.equal(enough && yes / (yes + no) >= share[0] / share[1] - 1e-9);
					}
				}
			}
		}
	});

	it('a voice given twice counts once, the later one, and stands on a roster once', () => {
		const standing = new Map(first.members.map(({ domain, key }) => [domain, key]));
		const twice = [voice(admit, a!, 'yes', NOW + 1), voice(admit, a!, 'no', NOW + 2)];
		expect(tally(admit, twice, standing, charter.changes)).to.include({ yes: 0, no: 1 });
		expect(tally(admit, twice.toReversed(), standing, charter.changes)).to.include({ yes: 0, no: 1 });
		const next = after(first, [a!, b!, c!, d!], [decided(admit, [voice(admit, a!), voice(admit, a!)])]);
		expect(reason(next, first)).to.equal('voice_does_not_hold');
	});

	it('refuses voices of strangers, of another key, about something else, and out of their time', () => {
		const other = proposed('admit', e!);
		const wrong = [
			voice(admit, e!),
			signVoice(admit, { domain: a!.domain, voice: 'yes', reason: 'x', at: NOW }, e!.key),
			voice(other, a!),
			voice(admit, a!, 'yes', END + DAY),
			voice(admit, a!, 'yes', NOW - DAY),
			{ ...voice(admit, a!, 'no'), voice: 'yes' as const },
		];
		for (const one of wrong) {
			const next = after(first, [a!, b!, c!, d!], [decided(admit, [voice(admit, b!), one])]);
			expect(reason(next, first)).to.equal('voice_does_not_hold');
		}
	});

	it('clocks may differ a little', () => {
		const voices = [voice(admit, a!, 'yes', NOW - 60_000), voice(admit, b!, 'yes', END + 60_000)];
		expect(reason(after(first, [a!, b!, c!, d!], [decided(admit, voices)]), first)).to.equal('holds');
	});

	it('waits for its time, unless everybody has answered', () => {
		const early = (voices: SignedVoice[]) =>
			reason(after(first, [a!, b!, c!, d!], [decided(admit, voices, NOW + 2 * DAY)]), first);
		const two = [voice(admit, a!), voice(admit, b!)];
		expect(early(two)).to.equal('decided_too_early');
		expect(early([...two, voice(admit, c!, 'no')])).to.equal('holds');
	});

	it('of two proposals at once each is counted by who stands there when it is decided: who was put out has no voice', () => {
		const out = decided(expel, [voice(expel, a!), voice(expel, b!)]);
		const still = decided(admit, [voice(admit, a!), voice(admit, b!)]);
		const withC = decided(admit, [voice(admit, a!), voice(admit, b!), voice(admit, c!, 'no')]);
		expect(reason(after(first, [a!, b!, d!], [out, still]), first)).to.equal('holds');
		expect(reason(after(first, [a!, b!, d!], [withC, out]), first)).to.equal('holds');
		expect(reason(after(first, [a!, b!, d!], [out, withC]), first)).to.equal('voice_does_not_hold');
	});

	it('what was proposed and not wanted stands there as well, with the words of the branch it is about, and changes nothing', () => {
		const reply = signReply(expel, { text: 'We have a new host.', at: NOW + DAY }, c!.key);
		const kept = { ...decided(expel, [voice(expel, a!, 'no'), voice(expel, b!)]), reply };
		expect(reason(after(first, [a!, b!, c!], [kept]), first)).to.equal('holds');
		const forged = { ...kept, reply: signReply(expel, { text: 'We give up.', at: NOW + DAY }, a!.key) };
		expect(reason(after(first, [a!, b!, c!], [forged]), first)).to.equal('voice_does_not_hold');
	});

	it('a member leaves by its own signature, once, and comes back only by voices', () => {
		const said = { neighborhood: ID, domain: c!.domain, since: NOW - 1000, at: NOW + DAY };
		const withdrew = { event: 'withdrew', withdrawal: signWithdrawal(said, c!.key) } as const;
		const left = after(first, [a!, b!], [withdrew]);
		expect(reason(left, first)).to.equal('holds');
		const forged = { event: 'withdrew', withdrawal: signWithdrawal(said, a!.key) } as const;
		expect(reason(after(first, [a!, b!], [forged]), first)).to.equal('withdrawal_does_not_hold');
		const again = proposed('admit', c!);
		const back = decided(again, [voice(again, a!), voice(again, b!)]);
		expect(reason(after(left, [a!, b!, c!], [withdrew, back]), left)).to.equal('holds');
		expect(reason(after(left, [a!, b!, c!], [withdrew]), left)).to.equal('changed_without_members');
		const thrice = after(left, [a!, b!], [withdrew, back, withdrew]);
		expect(reason(thrice, left)).to.equal('withdrawal_does_not_hold');
	});

	it('nothing that happened is taken out or told otherwise, and nothing is decided twice', () => {
		const event = decided(admit, [voice(admit, a!), voice(admit, b!)]);
		const next = after(first, [a!, b!, c!, d!], [event]);
		expect(reason(after(next, [a!, b!, c!], []), next)).to.equal('history_changed');
		expect(reason(after(first, [a!, b!, c!, d!], [event, event]), first)).to.equal('proposal_twice');
		const other = began([a!, b!]);
		const rewritten = signRoster(
			{ ...nextVersion(first, { issued: END }), ...{ founders: other.founders! } },
			steward,
		);
		expect(reason(rewritten, first)).to.equal('history_changed');
	});

	it('only its steward proposes, by this charter and for as many days as it says', () => {
		const hasty = signDocument({ ...admit, until: NOW + DAY }, steward);
		const elsewhere = signDocument({ ...admit, neighborhood: 'clackamas' }, steward);
		const foreign = signDocument({ ...admit }, a!.key);
		for (const one of [hasty, elsewhere, foreign]) {
			const next = after(first, [a!, b!, c!, d!], [decided(one, [voice(one, a!), voice(one, b!)])]);
			expect(reason(next, first)).to.equal('proposal_not_of_steward');
		}
	});

	it('a branch with another key is another branch', () => {
		const impostor = town('belmont');
		expect(reason(after(first, [a!, impostor, c!], []), first)).to.equal('changed_without_members');
	});

	it('goes back to the steward only when everybody agrees', () => {
		const agreed = (of: Town) => {
			const consent = signConsent(
				{ neighborhood: ID, charter: plain, origin: of.origin, since: NOW },
				of.key,
			);
			return { ...of.member, consent };
		};
		const under = (towns: readonly Town[]) => {
			const {
				founders: _,
				history: __,
				...rest
			} = nextVersion(first, {
				charter: plain,
				members: towns.map(agreed),
				issued: END,
			});
			return signRoster(rest, steward);
		};
		expect(reason(under([a!, b!, c!]), first)).to.equal('holds');
		expect(reason(under([a!, b!]), first)).to.equal('charter_changed_without_all');
	});

	it('refuses a charter whose parts are none, or that lets the fewer decide', () => {
		const usual = USUAL_MEMBERS_DECIDE;
		expect(isWayToDecide(usual)).to.equal(true);
		for (const share of [
			[1, 3],
			[3, 2],
			[0, 1],
		] as const) {
			expect(isWayToDecide({ ...usual, share })).to.equal(false);
		}
	});
});

describe('a list that the members of a neighborhood are asked to follow', () => {
	const first = began([a!, b!, c!]);
	const LIST = 'https://lists.example/kept-away.csv';
	const about = (more: Partial<Parameters<typeof signProposal>[0]> = {}) =>
		signProposal(
			{
				...{ id: 'list', neighborhood: ID, kind: 'follow_list', domain: LIST, name: 'Kept away by many' },
				...{ reason: 'All of us look for the same servers.', evidence: '', charter, opened: NOW, ...more },
			},
			steward,
		);

	it('stands on the roster with what came of it, and changes nobody who stands there; every member has a voice', () => {
		const list = about();
		const voices = [voice(list, a!), voice(list, b!), voice(list, c!, 'no')];
		const next = after(first, [a!, b!, c!], [decided(list, voices, NOW + 2 * DAY)]);
		expect(reason(next, first)).to.equal('holds');
		expect(reason(JSON.parse(JSON.stringify(next)))).to.equal('holds');
		expect(outcomes(next).map(({ carried }) => carried)).to.deep.equal([true]);
		const refused = after(first, [a!, b!, c!], [decided(list, voices.slice(1))]);
		expect(outcomes(refused).map(({ carried }) => carried)).to.deep.equal([false]);
		expect(reason(after(first, [a!, b!], [decided(list, voices)]), first)).to.equal(
			'changed_without_members',
		);
	});

	it('what came of later things is told without those before, each counted by who stood there then', () => {
		const out = proposed('expel', c!);
		const list = about();
		const history = [
			decided(out, [voice(out, a!), voice(out, b!)]),
			decided(list, [voice(list, a!), voice(list, b!, 'no')]),
		];
		const next = after(first, [a!, b!], history);
		expect(reason(next, first)).to.equal('holds');
		expect(outcomes(next).map(({ carried }) => carried)).to.deep.equal([true, false]);
		expect(outcomes(next, 1).map(({ event }) => event.proposal.id)).to.deep.equal(['list']);
	});

	it('is named by an address on the web and nothing else, and a branch never without its key', () => {
		const { id, publicKey } = a!.key;
		const wrong = [
			about({ domain: 'lists.example' }),
			about({ domain: 'javascript:alert(1)' }),
			about({ domain: 'https://somebody:word@lists.example/' }),
			about({ domain: `${LIST}#part` }),
			about({ domain: `https://lists.example/${'x'.repeat(250)}` }),
			about({ name: 'x'.repeat(61) }),
			about({ key: { id, publicKey } }),
			about({ kind: 'admit', domain: d!.domain }),
		];
		for (const one of wrong) {
			const next = after(first, [a!, b!, c!], [decided(one, [voice(one, a!), voice(one, b!)])]);
			expect(reason(next, first), one.domain).to.be.oneOf(['proposal_not_of_steward', 'unreadable']);
		}
	});

	it('a voice may say how many people it touches, never a number under five, and nobody can change what it says', () => {
		expect([0, 4, 5, 70].map(publishedNumber)).to.deep.equal(['few', 'few', 5, 70]);
		const list = about();
		const told = (people: unknown) => {
			const said = { domain: a!.domain, voice: 'yes', reason: 'We counted.', at: NOW + DAY } as const;
			return signVoice(list, { ...said, people: people as number }, a!.key);
		};
		const held = (one: SignedVoice) =>
			reason(after(first, [a!, b!, c!], [decided(list, [one, voice(list, b!)])]), first);
		for (const people of ['few', 5, 70]) expect(held(told(people)), String(people)).to.equal('holds');
		for (const people of [0, 4, -7, 'many', null]) {
			expect(held(told(people)), String(people)).to.equal('unreadable');
		}
		expect(held({ ...told(5), people: 70 })).to.equal('voice_does_not_hold');
	});

	it('nobody answers for it', () => {
		const list = about();
		const reply = signReply(list, { text: 'It is a good list.', at: NOW + DAY }, a!.key);
		const kept = { ...decided(list, [voice(list, a!), voice(list, b!)]), reply };
		expect(reason(after(first, [a!, b!, c!], [kept]), first)).to.equal('voice_does_not_hold');
	});
});

describe('a member that is suspended from a roster', () => {
	const start = began([a!, b!]);
	const from = NOW + DAY;
	const suspended = (days: number, begins = from, previous = start) => {
		const one = {
			domain: b!.domain,
			reason: 'Its server sends spam.',
			from: begins,
			until: begins + days * DAY,
		};
		return signRoster(nextVersion(previous, { suspensions: [one], issued: begins }), steward);
	};

	it("is nobody's neighbor, has none, and is one again when the time is over", () => {
		let now = from;
		const trust = createTrust({
			self: a!.origin,
			rosters: [suspended(7)],
			setAside: new Set(),
			now: () => now,
		});
		expect([...trust.neighborsOf(a!.origin)]).to.deep.equal([a!.origin]);
		expect([...trust.neighborsOf(b!.origin)]).to.deep.equal([]);
		now = from + 7 * DAY;
		expect([...trust.neighborsOf(a!.origin)]).to.have.members([a!.origin, b!.origin]);
	});

	it('for seven days at most, and not again at once', () => {
		expect(reason(suspended(7), start)).to.equal('holds');
		expect(reason(suspended(8), start)).to.equal('suspended_too_long');
		const held = suspended(5);
		expect(reason(suspended(3, from, held), held)).to.equal('holds');
		expect(reason(suspended(7, from, held), held)).to.equal('suspended_too_long');
		expect(reason(suspended(7, from + 6 * DAY, held), held)).to.equal('suspended_too_long');
		const forgotten = signRoster(nextVersion(held, { suspensions: [], issued: from + 6 * DAY }), steward);
		expect(reason(forgotten, held)).to.equal('suspended_too_long');
	});
});
