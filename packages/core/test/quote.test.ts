import { mayQuote, QUOTE_POLICIES, type QuoteWish, quotesOf, toQuotePolicy } from '@understory/core/quote.ts';
import {
	audienceOf,
	mayReceive,
	meet,
	originOf,
	SCOPES,
	type Scope,
	type Trust,
} from '@understory/core/scope.ts';
import { expect } from 'chai';

const belmont = 'http://belmont.multnomah.localhost:4000';
const kenton = 'http://kenton.multnomah.localhost:4000';
const pilar = `${belmont}/ap/users/1`;
const teo = `${kenton}/ap/users/3`;
const trust: Trust = {
	neighborsOf: (origin) => new Set(origin === belmont || origin === kenton ? [belmont, kenton] : [origin]),
};
const of = (scope: Scope, author = pilar) =>
	audienceOf(scope, { origin: originOf(author), author, people: [teo] });
const QUOTERS = ['author', 'named', 'follower', 'other'] as const;

function wish(over: Partial<QuoteWish> = {}): QuoteWish {
	return {
		quoted: of('public'),
		quoting: of('public', teo),
		policy: 'everyone',
		quoter: 'other',
		told: true,
		...over,
	};
}

describe('quoting', () => {
	it('is never wider than what is quoted, whatever anybody chose and whoever they are', () => {
		let allowed = 0;
		for (const scope of SCOPES) {
			for (const other of SCOPES) {
				for (const author of [pilar, teo]) {
					for (const policy of QUOTE_POLICIES) {
						for (const quoter of QUOTERS) {
							const [quoted, quoting] = [of(scope), of(other, author)];
							if (mayQuote(wish({ quoted, quoting, policy, quoter }), trust).answer === 'no') continue;
							allowed += 1;
							for (const origin of [belmont, kenton, 'http://salem.example']) {
								const reader = {
									kind: 'person',
									actor: `${origin}/ap/users/9`,
									origin,
									follows: () => true,
								} as const;
								if (!mayReceive(quoting, reader, trust).allowed) continue;
								expect(mayReceive(quoted, reader, trust).allowed, `${other} quotes ${scope}`).to.equal(true);
							}
						}
					}
				}
			}
		}
		expect(allowed).to.be.greaterThan(50);
	});

	it('a branch post is quoted in the branch alone', () => {
		for (const quoting of [of('neighborhood'), of('public'), of('branch', teo), of('followers')]) {
			expect(mayQuote(wish({ quoted: of('branch'), quoting }), trust).reason).to.equal('wider');
		}
		expect(mayQuote(wish({ quoted: of('branch'), quoting: of('branch') }), trust).answer).to.equal('yes');
		const circle = { quoted: of('branch'), quoting: meet(of('branch'), of('followers')) };
		expect(mayQuote(wish(circle), trust).reason).to.equal('wider');
		expect(mayQuote(wish({ ...circle, quoter: 'author' }), trust).answer).to.equal('yes');
	});

	it('what is for followers is quoted by its author for the same alone, and what is for named people by nobody', () => {
		const followers = { quoted: of('followers'), quoting: of('followers') };
		expect(mayQuote(wish({ ...followers, quoter: 'follower' }), trust).reason).to.equal('circle');
		expect(mayQuote(wish({ ...followers, quoter: 'author' }), trust).answer).to.equal('yes');
		for (const quoter of QUOTERS) {
			const direct = wish({ quoted: of('direct'), quoting: of('direct'), quoter });
			expect(mayQuote(direct, trust).reason).to.equal('circle');
		}
		expect(quotesOf(of('direct'), true)).to.deep.equal([]);
		expect(quotesOf(of('followers'), false)).to.deep.equal([]);
		expect(quotesOf(of('branch'), false)).to.deep.equal(['branch']);
		expect(quotesOf(of('neighborhood'), false)).to.deep.equal(['branch', 'neighborhood']);
		expect(quotesOf(of('neighborhood'), true)).to.include('followers');
	});

	const CHOSEN: Record<string, Record<(typeof QUOTERS)[number], string>> = {
		everyone: { author: 'yes', named: 'yes', follower: 'yes', other: 'yes' },
		followers: { author: 'yes', named: 'yes', follower: 'yes', other: 'ask' },
		ask: { author: 'yes', named: 'yes', follower: 'ask', other: 'ask' },
		nobody: { author: 'yes', named: 'yes', follower: 'no', other: 'no' },
	};
	for (const policy of QUOTE_POLICIES) {
		it(`whoever chose “${policy}” is held to that`, () => {
			for (const quoter of QUOTERS) {
				expect(mayQuote(wish({ policy, quoter }), trust).answer, quoter).to.equal(CHOSEN[policy]![quoter]);
			}
		});
	}

	it('nobody is asked about a quote that they may not see', () => {
		expect(mayQuote(wish({ policy: 'ask', told: false }), trust).reason).to.equal('not_told');
		expect(mayQuote(wish({ policy: 'everyone', told: false }), trust).answer).to.equal('yes');
	});

	it('a choice that nobody knows means: ask first', () => {
		for (const word of ['public', '', null, 7]) expect(toQuotePolicy(word)).to.equal('ask');
		for (const policy of QUOTE_POLICIES) expect(toQuotePolicy(policy)).to.equal(policy);
	});
});
