import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { trustedHtml } from '../src/safe-html.ts';
import { designWithBook, frame, HOSTILE, NOON, patternBook } from './pattern-book.ts';

const LANGUAGES = ['en', 'es'];
const design = designWithBook();
const partials = readdirSync(new URL('../src/partials/', import.meta.url)).map((file) => file.slice(0, -4));
const reader = (language: string) => ({ language, zone: 'America/Los_Angeles', now: NOON });
const attributes = (html: string, name: string) =>
	[...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value!);

describe('the pattern book', () => {
	it('shows every partial there is', () => {
		const book = readFileSync(new URL('./views/pattern-book.hbs', import.meta.url), 'utf8');
		const shown = new Set([...book.matchAll(/\{\{#?>\s*([\w-]+)/g)].map(([, name]) => name));
		expect(partials.filter((name) => !shown.has(name))).to.deep.equal([]);
		expect(partials).to.have.length.greaterThan(15);
	});

	for (const language of LANGUAGES) {
		it(`is whole in ${language}: no hole, no doubled id, nothing labelled by what is not there`, () => {
			const html = patternBook(design, language);
			expect(html).to.match(new RegExp(`^<!doctype html>\n<html lang="${language}" data-cloth="madrone">`));
			expect(html).to.not.match(/undefined|\[object|NaN|\{\{|<script|\sstyle=|\son\w+=/);
			expect(html, 'a piece that says nothing').to.not.match(
				/<(span|b|p|h[1-6]|dt|dd|a|li|td|th|label|legend|caption|button)(?: [^>]*)?>\s*<\/\1>/,
			);
			expect(html, 'an attribute that says nothing').to.not.match(/\s(?!value)[\w-]+="\s*"/);
			const ids = attributes(html, 'id');
			expect(new Set(ids).size, ids.join()).to.equal(ids.length);
			const meant = ['aria-labelledby', 'aria-describedby', 'for'].flatMap((name) => attributes(html, name));
			for (const one of meant.flatMap((list) => list.split(' '))) expect(ids).to.include(one);
			expect(html.match(/<h1>/g)).to.have.length(1);
		});
	}

	it('says its own words in the language of the reader', () => {
		const [english, spanish] = LANGUAGES.map((language) => patternBook(design, language));
		for (const key of ['skip', 'door.title', 'scope.question', 'faults.title', 'built_with']) {
			const [en, es] = LANGUAGES.map((language) => design.t(language, `common.${key}`));
			expect(en, key).to.not.equal(es);
			expect(english).to.include(en);
			expect(spanish).to.include(es);
			expect(spanish).to.not.include(`>${en}<`);
		}
		expect(english).to.include('Thursday, October 8').and.to.include('12:00 pm');
		expect(spanish).to.include('jueves 8 de octubre').and.to.include('12:00 pm');
	});

	it('draws each scope in words and silhouette, and one that nobody knows as the narrowest', () => {
		const html = patternBook(design, 'en');
		for (const [scope, icon] of [
			['branch', 'scope-branch'],
			['neighborhood', 'scope-neighborhood'],
			['public', 'scope-public'],
			['followers', 'people'],
			['direct', 'scope-direct'],
		]) {
			expect(html).to.match(
				new RegExp(
					`<span class="scope" data-scope="${scope}"><svg class="i" aria-hidden="true"><use href="[^"]+#${icon}"/></svg><span><span class="vh">For: </span>[^<]+`,
				),
			);
		}
		expect(html).to.not.include('data-scope="a-scope-of-tomorrow"');
	});

	it('every drawing it uses is there', () => {
		for (const use of attributes(patternBook(design, 'en'), 'href')) {
			if (use.includes('icons.svg#')) expect(design.icons).to.include(use.split('#')[1]);
		}
	});

	it('stays the same page, tag for tag, when every name on it is hostile', () => {
		const tags = (html: string) => html.match(/<[a-z/!][^\s>]*/g);
		for (const language of LANGUAGES) {
			const html = patternBook(design, language, HOSTILE);
			expect(html).to.not.include('<script').and.to.not.include('<img');
			expect(html).to.include('&quot;&gt;&lt;script&gt;');
			expect(html, 'a name is not a template').to.include('{{t &quot;x&quot;}}');
			expect(tags(html)).to.deep.equal(tags(patternBook(design, language)));
			expect(attributes(html, 'on\\w+').length).to.equal(0);
		}
	});
});

describe('the frame of a page', () => {
	const shown = (extra: object) =>
		design.render('design/error', { page: { ...frame('Belmont'), ...extra }, title: 'x' }, reader('en'));

	it('names its feeds', () => {
		const feeds = [
			{ href: '/feed.json', type: 'application/feed+json', title: 'Decisions "of" Belmont' },
			{ href: '/feed.atom', type: 'application/atom+xml', title: 'Decisions' },
		];
		const html = shown({ feeds });
		expect(html).to.include(
			'<link rel="alternate" type="application/feed+json" title="Decisions &quot;of&quot; Belmont" href="/feed.json">',
		);
		expect(html).to.include(
			'<link rel="alternate" type="application/atom+xml" title="Decisions" href="/feed.atom">',
		);
		expect(shown({ feeds: undefined })).to.not.include('rel="alternate"');
	});

	it('has a class for surroundings of its own, and none otherwise', () => {
		expect(shown({ html_class: 'council' })).to.include(
			'<html lang="en" data-cloth="madrone" class="council">',
		);
		expect(shown({})).to.include('<html lang="en" data-cloth="madrone">');
	});

	it('leads to the other language only where a reload loses nothing', () => {
		expect(shown({ path: '/rules' })).to.include('href="/rules?lang=es" lang="es" hreflang="es"');
		expect(shown({ path: '/search?q="pie"' })).to.include(
			'href="/search?q&#x3D;&quot;pie&quot;&amp;lang=es"',
		);
		expect(shown({ path: undefined })).to.not.include('hreflang');
	});

	it('a view or a drawing that is not there stops the page', () => {
		expect(() => design.render('design/nowhere', {}, reader('en'))).to.throw(
			'there is no view design/nowhere',
		);
		expect(() => design.href('nothing.svg')).to.throw('nothing.svg');
	});
});

describe('markup of a post', () => {
	const shown = (body: unknown) => design.fragment('book/said', { body }, reader('en'));

	it('comes out as it was sanitised', () => {
		expect(shown(trustedHtml('<p>Read <b>this</b>.</p>'))).to.equal(
			'<div class="said"><p>Read <b>this</b>.</p></div>\n',
		);
	});

	it('is refused as text, as an object that looks the same, and when there is none', () => {
		for (const body of ['<p>hello</p>', '', undefined, null, { html: '<p>hello</p>' }, 7]) {
			expect(() => shown(body), JSON.stringify(body)).to.throw('sanitised');
		}
	});
});
