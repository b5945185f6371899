import { loadWords } from '@understory/design/words.ts';
import { expect } from 'chai';
import { shownConditions } from '../../src/console/condition-words.ts';
import { KIND_OF_STATE } from '../../src/console/operation-pages.ts';
import { KIND_OF_STEP, KIND_OF_UPGRADE } from '../../src/console/upgrades/shown-upgrade.ts';
import { REASONS } from '../../src/reconcile/reasons.ts';
import { CONDITION_TYPES, type ConditionRow, type ConditionType } from '../../src/store/rows.ts';

const words = loadWords();
const all = Object.entries(REASONS).flatMap(([type, reasons]) =>
	reasons.map((reason) => ({ type: type as ConditionType, reason })),
);
const rowOf = (about: Partial<ConditionRow>): ConditionRow => ({
	...{ branch: 'b', type: 'Available', status: 'False', reason: 'Damaged', message: 'The folder is torn.' },
	...{ transition_at: '0', told_at: '0', observed_generation: '1' },
	...about,
});

describe('conditions in plain words', () => {
	it('say of every condition what it is about, in every language, and of each status', () => {
		for (const language of words.languages) {
			const book = words.entries(language);
			for (const type of Object.keys(REASONS)) expect([...book.keys()]).to.include(`conditions.type.${type}`);
			for (const status of ['True', 'False', 'Unknown'])
				expect([...book.keys()]).to.include(`conditions.status.${status}`);
		}
	});

	for (const { type, reason } of all) {
		it(`say what ${type} means for the reason ${reason}, and what to do next, in every language`, () => {
			for (const language of words.languages)
				for (const part of ['says', 'next'])
					expect(words.t(language, `conditions.${type}.${reason}.${part}`), language).to.match(/\.$/);
		});
	}

	it('are as plain for what takes time: each state of an operation and of an upgrade, and each step of a home', () => {
		const keys = [
			...Object.keys(KIND_OF_STATE).flatMap((state) => [`life.state.${state}`, `operations.next.${state}`]),
			...Object.keys(KIND_OF_UPGRADE).flatMap((state) => [
				`upgrades.state.${state}`,
				`upgrades.next.${state}`,
			]),
			...Object.keys(KIND_OF_STEP).map((step) => `upgrades.step.${step}`),
		];
		expect(keys.length).to.be.greaterThan(20);
		for (const language of words.languages)
			for (const key of keys) expect(words.t(language, key), `${language} ${key}`).to.match(/\w/);
	});

	it('have no words that no reason is left for', () => {
		const known = new Set(all.map(({ type, reason }) => `${type}.${reason}`));
		const named = [...words.entries('en').keys()].flatMap((key) => {
			const [, type, reason] = /^conditions\.([A-Z]\w*)\.(\w+)\.says$/.exec(key) ?? [];
			return type ? [`${type}.${reason}`] : [];
		});
		expect(named.filter((key) => !known.has(key))).to.deep.equal([]);
		expect(named.length).to.equal(known.size);
	});

	it('come in the order in which people ask: whether they can come in stands first', () => {
		const rows = CONDITION_TYPES.toSorted().map((type) => rowOf({ type, reason: 'NotLookedYet' }));
		expect(shownConditions(rows).map(({ type }) => type)).to.deep.equal([...CONDITION_TYPES]);
	});

	it('show a reason that another version wrote down as it is, with what it saw', () => {
		const [shown] = shownConditions([rowOf({ reason: 'OfAnotherTime' })]);
		expect(shown).to.include({
			says: null,
			next: null,
			reason: 'OfAnotherTime',
			message: 'The folder is torn.',
		});
	});

	it('stop for what does not end by itself, wait for what does, and are quiet when nothing is under way', () => {
		const kind = (about: Partial<ConditionRow>) => shownConditions([rowOf(about)])[0]!.kind;
		expect(kind({})).to.equal('stop');
		expect(kind({ reason: 'NotYet' })).to.equal('wait');
		expect(kind({ status: 'Unknown', reason: 'HomeSilent' })).to.equal('wait');
		expect(kind({ status: 'True', reason: 'Serving' })).to.equal('good');
		expect(kind({ type: 'Progressing', reason: 'Settled' })).to.equal('quiet');
		expect(kind({ type: 'Progressing', reason: 'NeedsYou' })).to.equal('stop');
		expect(kind({ type: 'Progressing', status: 'True', reason: 'Waiting' })).to.equal('wait');
		expect(kind({ type: 'BackupFresh', reason: 'TooOld' })).to.equal('stop');
	});
});
