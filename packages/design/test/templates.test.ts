import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotFound } from '@understory/core/errors.ts';
import { loadAssets } from '@understory/design/assets.ts';
import { CLOTHS, clothFor, toCloth } from '@understory/design/cloth.ts';
import { createDesign } from '@understory/design/design.ts';
import { errorPage } from '@understory/design/error-page.ts';
import { faceOf } from '@understory/design/face.ts';
import type { Page } from '@understory/design/page.ts';
import { expect } from 'chai';

const PACKAGES = new URL('../../', import.meta.url).pathname;
const templates = readdirSync(PACKAGES)
	.flatMap((name) => ['views', 'src'].map((folder) => join(PACKAGES, name, folder)))
	.filter(existsSync)
	.flatMap((folder) =>
		readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
	)
	.filter((file) => file.endsWith('.hbs'));

const page: Page = {
	title: '<script>alert(1)</script>',
	cloth: 'fern',
	plate: { code: 'NOPO', name: '"><img src=x onerror=alert(1)>', href: '/', under: 'A branch of a library' },
	tools: [{ label: 'Sign out', post: { action: '/signout', csrf: 'token' } }],
	signs: [{ href: '/', icon: 'board', label: 'Board', current: true }],
	footer: { lead: 'Lead', links: [{ href: '/about', label: 'About' }] },
	sample: true,
	path: '/',
	feeds: [{ href: '/feed.atom', type: 'application/atom+xml', title: 'Feed' }],
};
const reader = (language: string) => ({
	language,
	zone: 'America/Los_Angeles',
	now: Date.UTC(2026, 9, 8, 18),
});

const OWN_SCRIPT = '<script type="module" src="{{page.script}}"></script>';

describe('the templates of every package', () => {
	it('hold no script of their own, no style attribute and no raw output', () => {
		expect(templates.length).to.be.greaterThan(30);
		for (const file of templates) {
			// The layout alone may load one file, for a page that is nothing without it.
			const text = readFileSync(file, 'utf8').replace(OWN_SCRIPT, '');
			expect(text, file).to.not.match(/<script|\sstyle=|\son\w+=|\{\{\{|\{\{&/i);
		}
	});

	it('hold no sentence of their own: every word comes from the words', () => {
		for (const file of templates) {
			// What stands between tags, without expressions, is punctuation at most, and the name of the zone, which is the same in each language.
			const bare = readFileSync(file, 'utf8')
				.replace(/\{\{[\s\S]*?\}\}/g, '')
				.replace(/<[^>]*>/g, ' ')
				.replace(/\bUTC\b/g, '');
			const sentences = bare.match(/[A-Za-z]{3,}(?:\s+[A-Za-z]+){1,}/g) ?? [];
			expect(sentences, file).to.deep.equal([]);
		}
	});

	it('name only phrases that are in both languages, and drawings that are there', () => {
		const { words, icons } = createDesign();
		let phrases = 0;
		for (const file of templates) {
			const text = readFileSync(file, 'utf8');
			for (const [, key] of text.matchAll(/[{(]\s*t "([^"]+)"/g)) {
				phrases++;
				for (const language of words.languages)
					expect(words.entries(language).has(key!), `${file}: ${language} ${key}`).to.equal(true);
			}
			for (const [, name] of text.matchAll(/[{(]\s*icon "([^"]+)"/g))
				expect(icons.has(name!), `${file}: ${name}`).to.equal(true);
		}
		expect(phrases).to.be.greaterThan(100);
	});

	it('name only partials that are there: those of the design, and those of their own package', () => {
		for (const file of templates) {
			const own = file.replace(/\/(?:views|src)\/.*$/, '/views');
			for (const [, name] of readFileSync(file, 'utf8').matchAll(/\{\{#?>\s*([\w/-]+)/g)) {
				const [, mine] = /^[\w-]+\/(.+)$/.exec(name!) ?? [];
				const place = mine ? join(own, `_${mine}.hbs`) : join(PACKAGES, 'design/src/partials', `${name}.hbs`);
				expect(existsSync(place), `${file}: ${name}`).to.equal(true);
			}
		}
	});
});

describe('a page', () => {
	const design = createDesign();

	it('escapes whatever it is given, in both languages', () => {
		for (const language of ['en', 'es']) {
			const html = errorPage(design, new NotFound(), page, reader(language), '');
			expect(html).to.contain(`<html lang="${language}"`);
			expect(html).to.not.contain('<img src=x');
			expect(html).to.contain('&lt;img src');
			expect(html).to.contain('href="/feed.atom"');
		}
	});

	it('never shows what an error says to machines', () => {
		const html = errorPage(design, new NotFound('There is no branch "<b>atlantis"'), page, reader('en'), '');
		expect(html).to.not.contain('atlantis');
	});

	it('loads at most 45 KB of styles, icons and font, so that 15 KB are left for itself', () => {
		const { files } = loadAssets();
		const html = errorPage(design, new NotFound(), page, reader('en'), '');
		const first = ['tokens.css', 'understory.css', 'icons.svg', 'besley-latin-600-normal.woff2'];
		const sizes = first.map((name) => files.find(({ path }) => path.endsWith(`/${name}`))!.body.length);
		expect(sizes.reduce((sum, size) => sum + size)).to.be.at.most(45_000);
		const asked = [...html.matchAll(/<link rel="stylesheet" href="[^"]*\/([^"/]+)"(?! media="print")/g)];
		expect(asked.map(([, name]) => name)).to.deep.equal(['tokens.css', 'understory.css']);
		expect(html).to.not.match(/(?:href|src)="(?:https?:)?\/\//);
	});

	it('names its files by what is in them, and serves the font that its styles ask for', () => {
		const assets = loadAssets();
		const prefix = assets.href('tokens.css').replace('tokens.css', '');
		expect(prefix).to.match(/^\/design\/[0-9a-f]{12}\/$/);
		const tokens = assets.files.find((file) => file.path.endsWith('tokens.css'))!.body.toString('utf8');
		const font = /url\(([^)]+)\)/.exec(tokens)![1]!;
		expect(assets.files.map((file) => file.path)).to.include(prefix + font);
		expect(() => assets.href('../secrets.json')).to.throw();
	});
});

describe('cloths and leaves', () => {
	it('a cloth nobody knows is slate, and nobody gets slate by chance', () => {
		expect(toCloth('tartan')).to.equal('slate');
		for (let at = 0; at < 200; at++) expect(clothFor(`somebody-${at}`)).to.not.equal('slate');
		expect(CLOTHS).to.have.length(12);
	});

	it('a leaf is always the same for the same person, and has initials whatever the name', () => {
		expect(faceOf('teo', 'Teo Halvorsen')).to.deep.equal(faceOf('teo', 'Teo Halvorsen'));
		expect(
			['Teo Halvorsen', 'june', 'Ñandú', '図書 館', '...', ''].map((name) => faceOf('x', name).initials),
		).to.deep.equal(['TH', 'JU', 'ÑA', '図館', '?', '?']);
	});
});
