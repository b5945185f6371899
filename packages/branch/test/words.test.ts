import { readdirSync, readFileSync } from 'node:fs';
import { loadWords } from '@understory/design/words.ts';
import { expect } from 'chai';

describe('the words of a branch', () => {
	const words = loadWords();
	const views = new URL('../views/', import.meta.url);
	const templates = readdirSync(views).map((name) => ({
		name,
		text: readFileSync(new URL(name, views), 'utf8'),
	}));

	for (const language of ['en', 'es']) {
		it(`are all there in ${language}`, () => {
			const known = words.entries(language);
			for (const { name, text } of templates) {
				for (const [, key] of text.matchAll(/\bt "([\w.]+)"/g))
					expect(known.has(key!), `${name}: ${key}`).to.equal(true);
			}
		});
	}

	it('are the same phrases in both languages', () => {
		const keys = (language: string) =>
			[...words.entries(language).keys()]
				.filter((key) =>
					/^(branch|people|events|acts|write|messages|media|boards|leave|import|foreign|polls|hosting|greeting)\./.test(
						key,
					),
				)
				.sort();
		expect(keys('en')).to.deep.equal(keys('es'));
	});

	it('stand in the words and not in a template', () => {
		for (const { name, text } of templates) {
			const plain = text.replace(/\{\{[\s\S]*?\}\}/g, '').replace(/<[^>]*>/g, '');
			expect(plain, name).not.to.match(/[A-Za-z]{3,}/);
		}
	});
});
