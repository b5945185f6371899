import { readdirSync, readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { type AssetFile, loadAssets } from './assets.ts';
import { addHelpers, type Reading } from './helpers.ts';
import { loadWords, type Words } from './words.ts';

/** How one reader reads: the language, the library's zone, and the moment that "today" is measured from. */
export interface Reader {
	readonly language: string;
	readonly zone: string;
	/** UTC milliseconds. */
	readonly now: number;
}

/** The one way to make a page. Made once for a process and passed to every role. */
export interface Design {
	/** Adds a package's views: `registerViews('branch', new URL('../views/', import.meta.url))` makes `branch/front` of `front.hbs`. A name that begins with `_` is a partial of that room. */
	registerViews(room: string, folder: URL): void;
	/** The whole page: `data.page` (see `page.ts`) is the frame, the rest is for the view. Throws for an unknown view or a missing phrase. */
	render(view: string, data: object, reader: Reader): string;
	/** The view alone, without its frame. */
	fragment(view: string, data: object, reader: Reader): string;
	t(language: string, key: string, values?: Readonly<Record<string, unknown>>): string;
	readonly words: Words;
	/** Fingerprinted files, to be served under `/design`. */
	readonly files: readonly AssetFile[];
	href(name: string): string;
	/** Names that the `icon` helper knows. */
	readonly icons: ReadonlySet<string>;
	/** The color of each cloth, for what is drawn without our styles. */
	readonly colors: ReadonlyMap<string, string>;
}

/** Builds the design: words, styles, partials and layout are read once, views are compiled when first shown. */
export function createDesign(): Design {
	const words = loadWords();
	const assets = loadAssets();
	const handlebars = Handlebars.create();
	addHelpers(handlebars, { words, assets });
	for (const [name, source] of templatesIn(new URL('./partials/', import.meta.url))) {
		handlebars.registerPartial(name, source);
	}
	const layout = handlebars.compile(
		readFileSync(new URL('./layout/page.hbs', import.meta.url), 'utf8'),
		STRICT,
	);
	const sources = new Map<string, string>();
	for (const [name, source] of templatesIn(new URL('../views/', import.meta.url))) {
		sources.set(`design/${name}`, source);
	}
	const compiled = new Map<string, Handlebars.TemplateDelegate>();

	function view(name: string): Handlebars.TemplateDelegate {
		const known = compiled.get(name);
		if (known) return known;
		const source = sources.get(name);
		if (source === undefined) throw new Error(`there is no view ${name}`);
		const template = handlebars.compile(source, STRICT);
		compiled.set(name, template);
		return template;
	}

	function fragment(name: string, data: object, reader: Reader): string {
		return view(name)(data, { data: { reading: reader satisfies Reading } });
	}

	return {
		words,
		files: assets.files,
		href: assets.href,
		icons: assets.icons,
		colors: assets.colors,
		t: words.t,
		registerViews(room, folder) {
			for (const [name, source] of templatesIn(folder)) {
				if (name.startsWith('_')) handlebars.registerPartial(`${room}/${name.slice(1)}`, source);
				else sources.set(`${room}/${name}`, source);
			}
		},
		fragment,
		render(name, data, reader) {
			const body = new Handlebars.SafeString(fragment(name, data, reader));
			return layout({ ...data, body }, { data: { reading: reader } });
		},
	};
}

/** Values missing from the data are empty, so that optional parts can be tested with `if`; missing helpers throw. */
const STRICT: CompileOptions = { strict: false, noEscape: false, preventIndent: true };

function* templatesIn(folder: URL): Generator<[string, string]> {
	for (const file of readdirSync(folder)) {
		if (file.endsWith('.hbs')) yield [file.slice(0, -4), readFileSync(new URL(file, folder), 'utf8')];
	}
}
