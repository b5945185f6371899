import { readdirSync } from 'node:fs';
import { loadWords } from '@understory/design/words.ts';
import { expect } from 'chai';

const words = loadWords();
const shape = (phrase: unknown) => {
	const forms = typeof phrase === 'string' ? [phrase] : Object.values(phrase as Record<string, string>);
	const names = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!));
	return [...new Set(names)].filter((name) => name !== 'count').sort();
};

describe('the words', () => {
	it('are the same in English and Spanish: every key, and every value that is filled in', () => {
		const english = words.entries('en');
		const spanish = words.entries('es');
		expect([...spanish.keys()].sort()).to.deep.equal([...english.keys()].sort());
		for (const [key, phrase] of english) expect(shape(spanish.get(key)), key).to.deep.equal(shape(phrase));
		expect(english.size).to.be.greaterThan(200);
	});

	it('have a file for every room in both languages', () => {
		const rooms = (language: string) =>
			readdirSync(new URL(`../src/words/${language}/`, import.meta.url)).sort();
		expect(words.languages).to.have.members(['en', 'es']);
		expect(rooms('es')).to.deep.equal(rooms('en'));
		expect(rooms('en')).to.include.members(['common.json', 'branch.json', 'card.json', 'console.json']);
	});

	it('that count have both forms in both languages, and are filled in whatever the number', () => {
		let counted = 0;
		for (const language of words.languages) {
			for (const [key, phrase] of words.entries(language)) {
				if (typeof phrase === 'string') continue;
				counted++;
				expect(phrase, `${language} ${key}`).to.have.all.keys('one', 'other');
				const values = Object.fromEntries(shape(phrase).map((name) => [name, 'x']));
				for (const count of [0, 1, 2, 21, 1_000_000])
					expect(words.t(language, key, { ...values, count })).to.not.match(/[{}]|undefined/);
			}
		}
		expect(counted).to.be.greaterThan(20);
	});

	it('write great numbers as American libraries do, in Spanish too', () => {
		const say = (language: string, count: number) =>
			words.t(language, 'common.scope.neighborhood_counted', { count });
		expect(say('en', 12_345)).to.include('12,345');
		expect(say('es', 12_345)).to.include('12,345');
		expect(say('es', 1_000_000)).to.equal(say('es', 2_000_000).replace('2', '1'));
	});

	it('hold nothing but text: no markup, no empty phrase, no space at the ends', () => {
		for (const language of words.languages) {
			for (const [key, phrase] of words.entries(language)) {
				for (const form of typeof phrase === 'string' ? [phrase] : Object.values(phrase))
					expect(form, `${language} ${key}`)
						.to.match(/^\S(?:.*\S)?$/s)
						.and.to.not.match(/<\/?[a-z]|&\w+;/i);
			}
		}
	});

	it('say nothing that the voice of the product does not: no oops, no exclamation marks, no please note', () => {
		for (const language of words.languages) {
			for (const [key, phrase] of words.entries(language)) {
				expect(JSON.stringify(phrase), `${language} ${key}`).to.not.match(
					/!|\boops\b|please note|\busers?\b|\btimeline\b/i,
				);
			}
		}
	});

	it('choose the form by number', () => {
		const say = (count: number) => words.t('en', 'common.scope.neighborhood_counted', { count });
		expect([say(0), say(1), say(6)]).to.deep.equal([
			'Neighborhood, 0 branches',
			'Neighborhood, 1 branch',
			'Neighborhood, 6 branches',
		]);
	});

	it('that are missing, or lack a value, stop the page and not only its sense', () => {
		expect(() => words.t('en', 'common.no.such.thing')).to.throw('common.no.such.thing');
		expect(() => words.t('xx', 'common.skip')).to.throw('common.skip');
		expect(() => words.t('en', 'common.scope.branch')).to.throw('branch');
		expect(words.t('en', 'common.scope.branch', { branch: 'Belmont' })).to.equal('Belmont only');
	});
});
