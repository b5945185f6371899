import { expect } from 'chai';
import { countRedactions, type Part, redact } from '../src/services/hosting/redacting.ts';

const PEOPLE = [
	{ handle: 'ana_b', name: 'Ana Briones' },
	{ handle: 'will', name: 'Will' },
	{ handle: 'o_shea', name: 'Éamon O’Shea' },
];

const shown = (parts: readonly Part[]) =>
	parts.map((part) => (typeof part === 'string' ? part : `[${part.rule}]`)).join('');
const redacted = (text: string) => shown(redact(text, PEOPLE));

describe('what is taken out of a record', () => {
	const cases: readonly (readonly [string, string])[] = [
		['Write to ana.b+books@example.org today', 'Write to [email] today'],
		['call (503) 555-0142 or +1 503 555 0142.', 'call [number] or [number].'],
		['card 21234000123456 is mine', 'card [number] is mine'],
		['on 2026-10-08 at 19:00, 12 people', 'on 2026-10-08 at 19:00, 12 people'],
		['She lives at 1420 NE Alberta St. next door', 'She lives at [address] next door'],
		['Vive en la calle de la Luna 14, arriba', 'Vive en la [address], arriba'],
		['ask @ana_b@north.example.org or @gus', 'ask [handle] or [handle]'],
		['Ana Briones said so, and Ana knows', '[name] said so, and [name] knows'],
		['ANA BRIONES and éamon o’shea', '[name] and [name]'],
		['Banana analysis for the anagram', 'Banana analysis for the anagram'],
		['', ''],
	];
	for (const [text, expected] of cases) {
		it(`is ${text === '' ? 'nothing of nothing' : `right in “${text}”`}`, () => {
			expect(redacted(text)).to.equal(expected);
		});
	}

	it('is taken out once where two rules meet, and what stays is what was there', () => {
		const parts = redact('mail will@example.org, Will', PEOPLE);
		expect(shown(parts)).to.equal('mail [email], [name]');
		expect([...countRedactions(parts)]).to.deep.equal([
			['email', 1],
			['name', 1],
		]);
	});

	it('comes to an end with hostile text, which a pattern without bounds would not in the time a test has', () => {
		const times = 50_000;
		for (const piece of ['1 a ', 'a.', '@a', '1 ', '1 (', 'calle a ', 'Ana ']) {
			const text = `${piece.repeat(times)}@`;
			const there = redact(text, PEOPLE).filter((part) => typeof part === 'string');
			expect(there.join('').length, piece).to.be.lessThan(text.length + 1);
		}
	});
});
