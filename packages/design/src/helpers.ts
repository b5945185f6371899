import { type Scope, toScope } from '@understory/core/scope.ts';
import type { HelperOptions } from 'handlebars';
import Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import { TrustedHtml } from './safe-html.ts';
import { dateInWords, daysAgo, isoTime, keptFormats, timeInWords } from './when.ts';
import type { Words } from './words.ts';

/** What a template knows of its reader. */
export interface Reading {
	readonly language: string;
	readonly zone: string;
	readonly now: number;
}

type Environment = ReturnType<typeof Handlebars.create>;

/** Adds the helpers every template may use. The list, with examples, is in the package's README. */
export function addHelpers(handlebars: Environment, parts: { words: Words; assets: Assets }): void {
	const { words, assets } = parts;
	const reading = (options: HelperOptions) => options.data.reading as Reading;
	/** A helper of one value. Written bare, as `{{href}}` in a list, its name means the field of that name. */
	const help = (name: string, work: (value: never, options: HelperOptions) => unknown): void => {
		handlebars.registerHelper(name, function (this: unknown, ...given: unknown[]) {
			if (given.length === 1) return (this as Record<string, unknown> | null)?.[name];
			return work(given[0] as never, given.at(-1) as HelperOptions);
		});
	};

	const formats = keptFormats();
	handlebars.registerHelper('t', (key: string, options: HelperOptions) =>
		words.t(reading(options).language, key, options.hash),
	);
	handlebars.registerHelper('language', (options: HelperOptions) => reading(options).language);
	help('date', (at: number, options) => dateInWords(at, reading(options), formats));
	help('time', (at: number, options) => timeInWords(at, reading(options), formats));
	help('iso', (at: number) => isoTime(at));
	help('when', (at: number, options) => {
		const how = reading(options);
		const time = timeInWords(at, how, formats);
		const days = daysAgo(at, how, formats);
		if (days === 0) return words.t(how.language, 'common.when.today', { time });
		if (days === 1) return words.t(how.language, 'common.when.yesterday', { time });
		return words.t(how.language, 'common.when.day', { date: dateInWords(at, how, formats), time });
	});
	help('href', (name: string) => assets.href(name));
	help('icon', (name: string) => {
		if (!assets.icons.has(name)) throw new Error(`there is no icon ${name}`);
		const use = `${assets.href('icons.svg')}#${name}`;
		return new Handlebars.SafeString(`<svg class="i" aria-hidden="true"><use href="${use}"/></svg>`);
	});
	// A scope nobody knows is drawn as the narrowest one (DESIGN 4.6).
	help('scope-icon', (scope: string) => SCOPE_ICONS[toScope(scope)]);
	help('scope-word', (scope: string) => toScope(scope));
	help('linked-data', (value: unknown) => {
		// A block of data, which no browser runs; nothing in it can end it.
		const json = JSON.stringify(value).replaceAll('<', '\\u003c');
		return new Handlebars.SafeString(`<script type="application/ld+json">${json}</script>`);
	});
	help('post-body', (body: unknown) => {
		if (!(body instanceof TrustedHtml))
			throw new Error('post-body takes markup that was sanitised, and nothing else');
		return new Handlebars.SafeString(body.html);
	});
	handlebars.registerHelper('eq', (a: unknown, b: unknown) => a === b);
	handlebars.registerHelper('not', (a: unknown) => !a);
	handlebars.registerHelper('or', (...values: unknown[]) => values.slice(0, -1).find(Boolean));
	handlebars.registerHelper('and', (...values: unknown[]) => values.slice(0, -1).every(Boolean));
	handlebars.registerHelper('concat', (...values: unknown[]) => values.slice(0, -1).join(''));
	// A page that was asked something keeps being asked it.
	handlebars.registerHelper('in-other-language', (path: string, options: HelperOptions) => {
		const other = reading(options).language === 'en' ? 'es' : 'en';
		const query = `${path.includes('?') ? '&amp;' : '?'}lang=${other}`;
		return new Handlebars.SafeString(Handlebars.escapeExpression(path) + query);
	});
	handlebars.registerHelper('other-language', (options: HelperOptions) =>
		reading(options).language === 'en' ? 'es' : 'en',
	);
}

const SCOPE_ICONS: Readonly<Record<Scope, string>> = {
	branch: 'scope-branch',
	neighborhood: 'scope-neighborhood',
	public: 'scope-public',
	direct: 'scope-direct',
	followers: 'people',
};
