import { quarterAfter, quarterOfDay } from '@understory/core/quarters.ts';
import { LANGUAGES } from '@understory/http/language.ts';
import type { Context } from '../context.ts';
import { addressOf } from '../data/choice.ts';
import { numberedPages } from '../data/paging.ts';
import { snapshotOf } from '../data/snapshot.ts';
import { createReading } from '../pages/reading.ts';
import type { Library } from '../registers.ts';
import { externalVersions } from '../store/external-versions.ts';
import { FORMS, fedChoices, keptFeed } from './choice-feeds.ts';
import { DOCUMENTS, keptDocument } from './documents.ts';
import type { Edition } from './edition.ts';
import { keptChoices } from './found.ts';
import { keptPage } from './keep-page.ts';
import { type Asked, PAGES } from './pages.ts';

/**
 * Writes the whole site of a library as files: every page in every language, every feed and download. What nothing changed for is left
 * alone, so after one decision few are made. Answers with how many files there are.
 */
export async function writeSite(context: Context, library: Library): Promise<number> {
	const { database, editions } = context;
	const edition = await editions.now(library);
	const snapshot = await snapshotOf(database.db, library);
	const still: Context = { ...context, statements: snapshot };
	const said = await externalVersions(database.db, library.id);
	const pages = addresses(context, library, edition, await snapshot.policies(library), snapshot.ids, said);
	let files = 0;
	async function writePages(): Promise<void> {
		for (const [name, asked] of pages) {
			for (const language of LANGUAGES) {
				await keptPage(still, library, PAGES[name], { language, asked });
				files++;
			}
		}
	}
	// Each takes the next address, so that one is made while others wait for the disk.
	await Promise.all(Array.from({ length: AT_ONCE }, writePages));
	for (const name of Object.keys(DOCUMENTS)) {
		await keptDocument(still, library, name);
		files++;
	}
	for (const choice of fedChoices(library, edition.finder)) {
		for (const form of FORMS) await keptFeed(still, library, choice, form);
		files += FORMS.length;
	}
	return files;
}

/** Pages that are being made or written. */
const AT_ONCE = 8;

/** Every page of the choices that have files. */
function* choices({ finder }: Edition): Generator<readonly ['found', Asked]> {
	for (const choice of keptChoices(finder)) {
		const pages = numberedPages(finder.find(choice).length);
		for (let page = 0; page <= pages; page++)
			yield ['found', { choice: addressOf(choice, page || null).replace('/statements/', '') }];
	}
}

/** Pages of which there is one. */
const ALONE = [
	...(['home', 'statements', 'council', 'appeals', 'federation', 'requests'] as const),
	...(['audits', 'methods', 'verify', 'check', 'data'] as const),
];

/** Every page that stands at an address of its own. */
function* addresses(
	{ design, clock, formats }: Context,
	library: Library,
	edition: Edition,
	policies: readonly { readonly policy: { readonly id: string; readonly version: number } }[],
	ids: readonly string[],
	said: readonly { readonly host: string; readonly version: number }[],
): Generator<readonly [keyof typeof PAGES, Asked]> {
	const { firstYear } = edition;
	for (const name of ALONE) yield [name, {}];
	for (const { origin } of library.register.branches) {
		yield ['branch', { host: new URL(origin).host }];
		yield ['contacts', { host: new URL(origin).host }];
	}
	for (const { host } of library.register.external ?? []) yield ['branch', { host }];
	for (const { host, version } of said) yield ['external', { host, version: String(version) }];
	yield* choices(edition);
	for (const { policy } of policies) yield ['policy', { id: policy.id, version: String(policy.version) }];
	const { today } = createReading(design, library, 'en', clock.now(), formats);
	let quarter = firstYear === null ? null : `${firstYear}-Q1`;
	for (; quarter !== null && quarter <= quarterOfDay(today); quarter = quarterAfter(quarter, 1))
		yield ['council', { quarter }];
	for (const id of ids) yield ['statement', { id }];
}
