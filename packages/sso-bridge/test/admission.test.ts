import { BLOCKS, STOPPING_BLOCKS } from '@understory/core/sign-in-settings.ts';
import { expect } from 'chai';
import { type Admission, admit, factsWanted } from '../src/card/admission.ts';
import type { CardFacts } from '../src/connectors/connector.ts';

const TODAY = '2026-11-26';
const PLAIN: CardFacts = {
	card: '21234000123456',
	formerCards: [],
	stableId: null,
	expiresOn: '2027-06-30',
	expired: false,
	age: 41,
	location: null,
	patronType: null,
	blocks: [],
};

const stands = (admission: Admission) =>
	admission.standing === 'full' ? 'full' : `${admission.standing}: ${admission.obstacle}`;
const facts = (change: Partial<CardFacts>): CardFacts => ({ ...PLAIN, ...change });

describe('who may come in', () => {
	it('anybody with a good card, where nothing is said', () => {
		expect(stands(admit(PLAIN, {}, TODAY))).to.equal('full');
		expect(stands(admit(facts({ age: null, expiresOn: null }), {}, TODAY))).to.equal('full');
	});

	it('stops a lost card at once and leaves whoever is barred the porch; nothing else stops by itself', () => {
		for (const block of BLOCKS) {
			const expected = { lost_card: 'none: lost_card', barred: 'porch: barred' }[block as string] ?? 'full';
			expect(stands(admit(facts({ blocks: [block] }), {}, TODAY)), block).to.equal(expected);
		}
	});

	it('never stops on debts and overdues, whatever a document says', () => {
		const owing = facts({ blocks: ['debts', 'overdues', 'too_many_items', 'lost_items', 'no_borrowing'] });
		expect(stands(admit(owing, { stop_on: STOPPING_BLOCKS }, TODAY))).to.equal('full');
	});

	it('stops on what a library chose, and no longer on what it did not', () => {
		const rules = { stop_on: ['address', 'other'] } as const;
		expect(stands(admit(facts({ blocks: ['address'] }), rules, TODAY))).to.equal('porch: address');
		expect(stands(admit(facts({ blocks: ['other'] }), rules, TODAY))).to.equal('porch: other');
		expect(stands(admit(facts({ blocks: ['lost_card', 'barred'] }), rules, TODAY))).to.equal('full');
	});

	it('begins at thirteen years, or where the library says', () => {
		expect(stands(admit(facts({ age: 12 }), {}, TODAY))).to.equal('porch: too_young');
		expect(stands(admit(facts({ age: 13 }), {}, TODAY))).to.equal('full');
		expect(stands(admit(facts({ age: 15 }), { minimum_age: 16 }, TODAY))).to.equal('porch: too_young');
		expect(stands(admit(facts({ age: 3 }), { minimum_age: 0 }, TODAY))).to.equal('full');
	});

	it('lets in whose age is not told, unless the library refuses them', () => {
		expect(stands(admit(facts({ age: null }), { unknown_age: 'refuse' }, TODAY))).to.equal(
			'porch: age_unknown',
		);
		expect(stands(admit(facts({ age: null }), { unknown_age: 'refuse', minimum_age: 0 }, TODAY))).to.equal(
			'full',
		);
	});

	it('gives a card thirty days of grace, or as many as the library says, and then the porch', () => {
		const ended = (expiresOn: string | null) => facts({ expired: true, expiresOn });
		expect(stands(admit(ended('2026-10-27'), {}, TODAY))).to.equal('full');
		expect(stands(admit(ended('2026-10-26'), {}, TODAY))).to.equal('porch: ended');
		expect(stands(admit(ended('2026-11-25'), { grace_days: 0 }, TODAY))).to.equal('porch: ended');
		expect(stands(admit(ended('2025-12-01'), { grace_days: 365 }, TODAY))).to.equal('full');
	});

	it('gives no grace where nobody knows since when a card is over', () => {
		expect(stands(admit(facts({ expired: true, expiresOn: null }), {}, TODAY))).to.equal('porch: ended');
		expect(stands(admit(facts({ expired: true, expiresOn: '2027-01-01' }), {}, TODAY))).to.equal(
			'porch: ended',
		);
	});

	describe('where a catalogue is shared', () => {
		const cases: [name: string, restriction: object, yes: Partial<CardFacts>, no: Partial<CardFacts>][] = [
			[
				'a list of locations',
				{ of: 'location', is: ['MAIN', 'EAST'] },
				{ location: 'EAST' },
				{ location: 'east' },
			],
			['a prefix of the card', { of: 'card', starts: ['21234', '21235'] }, {}, { card: '31234000123456' }],
			['a pattern of the card', { of: 'card', matches: '2[0-9]{13}' }, {}, { card: '212340001234567' }],
			['a list of cards', { of: 'card', is: [PLAIN.card] }, {}, { card: '2' }],
			[
				'a prefix of the location',
				{ of: 'location', starts: ['MULT-'] },
				{ location: 'MULT-1' },
				{ location: 'M' },
			],
			[
				'a pattern of the location',
				{ of: 'location', matches: 'M(UL)?T' },
				{ location: 'MT' },
				{ location: 'MTX' },
			],
			['a kind of patron', { of: 'patron_type', is: ['7'] }, { patronType: '7' }, { patronType: '77' }],
			[
				'no such kind',
				{ of: 'patron_type', starts: ['ILL'], not: true },
				{ patronType: 'A' },
				{ patronType: 'ILL2' },
			],
		];
		for (const [name, restriction, yes, no] of cases) {
			it(`${name} decides`, () => {
				const rules = { belongs: [restriction as { of: 'card' }] };
				expect(stands(admit(facts(yes), rules, TODAY))).to.equal('full');
				expect(stands(admit(facts(no), rules, TODAY))).to.match(/^porch: (elsewhere|patron_type)$/);
			});
		}

		it('all conditions have to hold', () => {
			const belongs = [
				{ of: 'card', starts: ['2'] },
				{ of: 'location', is: ['MAIN'] },
			] as const;
			expect(stands(admit(facts({ location: 'MAIN' }), { belongs }, TODAY))).to.equal('full');
			expect(stands(admit(facts({ location: 'EAST' }), { belongs }, TODAY))).to.equal('porch: elsewhere');
			expect(stands(admit(facts({ location: 'MAIN', card: '3' }), { belongs }, TODAY))).to.equal(
				'porch: elsewhere',
			);
		});

		it('what the catalogue does not tell fulfils nothing, not even what must not be', () => {
			for (const not of [false, true]) {
				const belongs = [{ of: 'location', is: ['MAIN'], not } as const];
				expect(stands(admit(PLAIN, { belongs }, TODAY)), String(not)).to.equal('porch: elsewhere');
			}
		});

		it('only what a condition names is asked of the catalogue', () => {
			expect([...factsWanted()]).to.deep.equal([]);
			expect([...factsWanted({ belongs: [{ of: 'card', starts: ['2'] }] })]).to.deep.equal([]);
			expect([...factsWanted({ belongs: [{ of: 'location', is: ['A'] }] })]).to.deep.equal(['location']);
		});
	});

	it('tells the first obstacle only: a lost card before all, and another library’s patron nothing of themselves', () => {
		const everything = facts({ blocks: ['lost_card', 'barred'], age: 9, expired: true, location: 'X' });
		const belongs = [{ of: 'location', is: ['MAIN'] } as const];
		expect(stands(admit(everything, { belongs }, TODAY))).to.equal('none: lost_card');
		expect(stands(admit({ ...everything, blocks: ['barred'] }, { belongs }, TODAY))).to.equal(
			'porch: elsewhere',
		);
		expect(stands(admit({ ...everything, blocks: ['barred'] }, {}, TODAY))).to.equal('porch: too_young');
		expect(stands(admit(facts({ blocks: ['barred'], expired: true }), {}, TODAY))).to.equal('porch: barred');
	});

	it('answers a pattern that would hang other engines at once', () => {
		const belongs = [{ of: 'card', matches: '(a+)+b' } as const];
		const started = performance.now();
		expect(stands(admit(facts({ card: 'a'.repeat(60) }), { belongs }, TODAY))).to.equal('porch: elsewhere');
		expect(performance.now() - started).to.be.lessThan(1_000);
	});
});
