import { ageBand } from '@understory/core/claims.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { hoursBucket } from '@understory/core/statement.ts';
import { expect } from 'chai';

describe('rules and statements', () => {
	it('every starter rule has its title, text and test in English and Spanish', () => {
		for (const rule of starterPolicy('The library', '2026-10-01').rules) {
			for (const words of [rule.title, rule.text, rule.test]) {
				expect(words.en, rule.id).to.be.a('string').that.is.not.empty;
				expect(words.es, rule.id).to.be.a('string').that.is.not.empty;
			}
		}
	});

	it('no starter rule leaves the decision to taste', () => {
		const taste =
			/offensive|inappropriate|objectionable|disrespect|hateful|in our discretion|ofensiv|inapropiad/i;
		expect(JSON.stringify(starterPolicy('The library', '2026-10-01'))).to.not.match(taste);
	});

	it('a time to decision is published as a bucket', () => {
		const hour = 3_600_000;
		expect([1, 4, 5, 24, 72, 168, 169].map((hours) => hoursBucket(hours * hour))).to.deep.equal([
			'<=4',
			'<=4',
			'<=24',
			'<=24',
			'<=72',
			'<=168',
			'>168',
		]);
	});

	it('an age leaves only as a band, and a nonsense age as unknown', () => {
		expect([0, 12, 13, 17, 18, 90].map(ageBand)).to.deep.equal([
			'child',
			'child',
			'teen',
			'teen',
			'adult',
			'adult',
		]);
		expect([-1, 131, Number.NaN, null].map(ageBand)).to.deep.equal([
			'unknown',
			'unknown',
			'unknown',
			'unknown',
		]);
	});
});
