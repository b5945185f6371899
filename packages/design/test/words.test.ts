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
