import { dateIn } from '@understory/core/calendar.ts';
import { LANGUAGES } from '@understory/http/language.ts';
import type { Context } from '../context.ts';
import { REVIEW_KINDS } from '../data/act.ts';
import { auditsJson } from '../data/audits-json.ts';
import { branchesCsv } from '../data/branches-csv.ts';
import { branchesGeojson } from '../data/branches-geojson.ts';
import { branchesJson } from '../data/branches-json.ts';
import { catalog3Json, catalogJson, modifiedOn } from '../data/catalog-json.ts';
import { CHAPTERS, type Chapter, readChapter, type Told } from '../data/chapters.ts';
import { CSV_METADATA, csvMetadata, type WordsIn } from '../data/csv-metadata.ts';
import { checksums, type Download, jsonText } from '../data/downloads.ts';
import { entriesJsonl } from '../data/entries-jsonl.ts';
import { atomFeed, type Feed, feedsAt, jsonFeed } from '../data/feeds.ts';
import { statementsCsv } from '../data/statements-csv.ts';
import { feedOf } from '../pages/feed-items.ts';
import { createReading, type Reading } from '../pages/reading.ts';
import type { Library } from '../registers.ts';
import { placeOf } from '../store/entries.ts';
import type { Kept } from './shelf.ts';

/** A feed or a download: it stands at `/<its name>`, in one language or none. */
export interface SiteDocument {
	readonly type: string;
	make(context: Context, library: Library): Promise<string>;
}

/** Statements in a feed. */
export const FEED_LENGTH = 50;

/** Every feed and download, by where it stands. All hang on the whole edition, the register and the day. */
export const DOCUMENTS: Readonly<Record<string, SiteDocument>> = {
	'branches.json': {
		type: 'application/json',
		make: async ({ clock }, library) => jsonText(branchesJson(library, clock.now())),
	},
	'branches.csv': {
		type: 'text/csv; charset=utf-8; header=present',
		make: async ({ clock }, library) => branchesCsv(library, dateIn(library.zone, clock.now())),
	},
	'branches.geojson': {
		type: 'application/geo+json',
		make: async (_context, library) => jsonText(branchesGeojson(library)),
	},
	'audits.json': {
		type: 'application/json',
		async make({ statements }, library) {
			const acts = await statements.acts(library, { kinds: ['audit'] });
			return jsonText(auditsJson(library, await statements.draws(library), acts));
		},
	},
	'statements.csv': {
		type: 'text/csv; charset=utf-8; header=present',
		make: async ({ statements }, library) => statementsCsv(await statements.list(library)),
	},
	'data/entries.jsonl': {
		type: 'application/jsonl; charset=utf-8',
		async make({ statements }, library) {
			const all = [...(await statements.list(library)), ...(await statements.acts(library))];
			return entriesJsonl(all.map(({ row }) => row).sort((a, b) => placeOf(a) - placeOf(b)));
		},
	},
	'data/SHA256SUMS': {
		type: 'text/plain; charset=utf-8',
		make: async (context, library) => checksums(await downloads(context, library)),
	},
	...feedFiles(null),
	...Object.assign({}, ...CHAPTERS.map(feedFiles)),
	'data.json': {
		type: 'application/json',
		async make(context, library) {
			const { t } = inOwnLanguage(context, library);
			return jsonText(catalogJson(library, await modified(context, library), t));
		},
	},
	'dcat-us-3.json': {
		type: 'application/json',
		async make(context, library) {
			const { t } = inOwnLanguage(context, library);
			const files = await downloads(context, library);
			return jsonText(catalog3Json(library, await modified(context, library), t, files));
		},
	},
	[CSV_METADATA]: {
		type: 'application/csvm+json',
		async make(context, library) {
			const { statements: changed } = await modified(context, library);
			const words: WordsIn = (language, key, values) =>
				context.design.t(language, `accountability.${key}`, values);
			return jsonText(csvMetadata(library, changed, LANGUAGES, words));
		},
	},
};

/** A document of a library's site, from its file where nothing it hangs on has changed. */
export async function keptDocument(context: Context, library: Library, name: string): Promise<Kept> {
	const { clock, editions, shelf } = context;
	const { today } = createReading(context.design, library, 'en', clock.now(), context.formats);
	const { whole } = await editions.now(library);
	return shelf.get({
		...{ library: library.id, file: name, of: `${library.register.version} ${today} ${whole}` },
		make: () => DOCUMENTS[name]!.make(context, library),
	});
}

/** The files that `/data` lists and `data/SHA256SUMS` sums up. */
export function downloads(context: Context, library: Library): Promise<Download[]> {
	return Promise.all(
		[
			'statements.csv',
			CSV_METADATA,
			'data/entries.jsonl',
			'branches.json',
			'branches.csv',
			'branches.geojson',
		].map(async (path) => {
			const { bytes, sha256 } = await keptDocument(context, library, path);
			return { path, type: DOCUMENTS[path]!.type, bytes: bytes.length, sha256 };
		}),
	);
}

async function modified({ statements }: Context, library: Library): Promise<ReturnType<typeof modifiedOn>> {
	const [newest] = await statements.list(library, { limit: 1 });
	return modifiedOn(library, newest?.row.published_on ?? null);
}

/** The two feeds of the site, or of a chapter, by where they stand. */
function feedFiles(chapter: Chapter | null): Record<string, SiteDocument> {
	const { json, atom } = feedsAt(chapter === null ? '/' : `/${chapter}`);
	return {
		[json.slice(1)]: {
			type: 'application/feed+json; charset=utf-8',
			make: async (context, library) => jsonText(jsonFeed(await newest(context, library, chapter))),
		},
		[atom.slice(1)]: {
			type: 'application/atom+xml; charset=utf-8',
			make: async (context, library) => atomFeed(await newest(context, library, chapter)),
		},
	};
}

async function newest(context: Context, library: Library, chapter: Chapter | null): Promise<Feed> {
	const reading = inOwnLanguage(context, library);
	const told = chapter
		? await readChapter(context.statements, library, chapter)
		: await newestOfAll(context, library);
	const statements = told.statements.slice(0, FEED_LENGTH);
	const acts = told.acts.slice(0, FEED_LENGTH);
	const texts = await context.statements.texts([...statements, ...acts].map(({ entry }) => entry.id));
	const title = reading.t(chapter ? `chapter.${chapter}.feed` : 'site.feed', {
		library: library.register.library.name,
	});
	const at = chapter ? `/${chapter}` : '/';
	return feedOf(reading, { at, title, statements, acts, most: FEED_LENGTH }, texts);
}

async function newestOfAll({ statements }: Context, library: Library): Promise<Told> {
	return {
		statements: await statements.list(library, { limit: FEED_LENGTH }),
		acts: await statements.acts(library, { kinds: REVIEW_KINDS, limit: FEED_LENGTH }),
	};
}

/** Files have no reader whose language we could know, so they are in the library's first, when we have its words. */
export function inOwnLanguage({ design, clock, formats }: Context, library: Library): Reading {
	const language =
		library.register.library.languages.find((one) => design.words.languages.includes(one)) ?? 'en';
	return createReading(design, library, language, clock.now(), formats);
}
