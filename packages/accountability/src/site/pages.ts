import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { type Chapter, readChapter } from '../data/chapters.ts';
import type { LinkedData } from '../data/linked-data.ts';
import { actPage } from '../pages/act-page.ts';
import { auditsPage } from '../pages/audits-page.ts';
import { branchPage } from '../pages/branch-page.ts';
import { chapterPage } from '../pages/chapter-page.ts';
import { CHECK_SCRIPT, checkPage } from '../pages/check-page.ts';
import { contactsPage } from '../pages/contacts-page.ts';
import { dataPage } from '../pages/data-page.ts';
import { externalAt, externalPage } from '../pages/external-page.ts';
import { homePage, RECENT } from '../pages/home-page.ts';
import { methodsPage } from '../pages/methods-page.ts';
import { policyPage } from '../pages/policy-page.ts';
import type { Reading } from '../pages/reading.ts';
import { statementPage } from '../pages/statement-page.ts';
import { branchName } from '../pages/statement-words.ts';
import { SHOWN, statementsPage } from '../pages/statements-page.ts';
import { unsealedView } from '../pages/unsealed-view.ts';
import { verifyPage } from '../pages/verify-page.ts';
import { logOrigin } from '../publish/logs.ts';
import { externalVersions } from '../store/external-versions.ts';
import { versionAsked } from '../web/policy-handlers.ts';
import { published } from '../web/statement-files.ts';
import { councilData } from './council-data.ts';
import { downloads } from './documents.ts';
import type { Edition } from './edition.ts';
import { FOUND, hidesSome } from './found.ts';
import { shownLogs, shownWitnesses } from './shown-logs.ts';

/** What an address names beside its page: a host, a number, a quarter. */
export type Asked = Readonly<Record<string, string>>;

interface Shown {
	readonly title: string;
	/** What search engines are told. */
	readonly linked?: LinkedData;
	readonly view?: string;
	/** The page that has feeds of its own, and what they are called. */
	readonly alternate?: { readonly at: string; readonly title: string };
}

/** A page of the site: what is in it, and what that hangs on beside the register, the language and the day. */
export interface SitePage {
	/** Its file, without language and ending; null when it is not kept as one. */
	file(asked: Asked, edition: Edition): string | null;
	/** What of the edition it hangs on. */
	of(asked: Asked, edition: Edition, context: Context, reading: Reading): string;
	/** Does it change with the days, or only with the years, which dates leave out in their own? */
	readonly with: 'day' | 'year';
	/** The view, unless what is shown names another, and what the view wants. */
	readonly view: string;
	show(context: Context, reading: Reading, asked: Asked): Promise<Shown> | Shown;
	/** The path of what is not kept as a file. */
	path?(asked: Asked): string;
	/** The one script it may run. */
	readonly script?: string;
}

const whole = (_asked: Asked, { whole }: Edition): string => whole;
const named = (file: string) => () => file;
const WORD = /^[\w.:-]{1,200}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every kind of page, by a name. */
export const PAGES = {
	home: {
		...{ view: 'home', file: named('index'), of: whole, with: 'day' },
		show: async ({ statements }, reading) =>
			homePage(
				reading,
				await statements.list(reading.library, { limit: RECENT }),
				await statements.counts(reading.library),
			),
	},
	branch: {
		...{ view: 'branch', with: 'day' },
		file: ({ host = '' }) => (WORD.test(host) && host === host.toLowerCase() ? `branches/${host}` : null),
		of: ({ host = '' }, edition, { registers }, { library }) =>
			edition.branch(registers.branch(library.id, host)?.id ?? ''),
		async show({ registers, statements, database, minimumPopulation }, reading, { host = '' }) {
			const branch = registers.branch(reading.library.id, host);
			if (!branch && externalAt(reading.library, host))
				return {
					...externalPage(reading, host, await externalVersions(database.db, reading.library.id, host)),
					view: 'external',
				};
			if (!branch) throw new NotFound('This library has no branch of that name.');
			const by = { branchId: branch.id, limit: 20 };
			const [decisions, acts] = [
				await statements.list(reading.library, by),
				await statements.acts(reading.library, by),
			];
			return branchPage(reading, branch, { statements: decisions, acts }, minimumPopulation);
		},
	},
	contacts: {
		...{ view: 'contacts', with: 'day' },
		file: ({ host = '' }) =>
			WORD.test(host) && host === host.toLowerCase() ? `branches/${host}/contacts` : null,
		of: ({ host = '' }, edition, { registers }, { library }) =>
			edition.branch(registers.branch(library.id, host)?.id ?? ''),
		async show({ registers, statements }, reading, { host = '' }) {
			const branch = registers.branch(reading.library.id, host);
			if (!branch) throw new NotFound('This library has no branch of that name.');
			const by = { branchId: branch.id, kinds: ['contacts'] };
			return contactsPage(reading, branch, await statements.acts(reading.library, by));
		},
	},
	external: {
		...{ view: 'external', with: 'day', of: () => '' },
		file: ({ host = '', version = '' }) =>
			WORD.test(host) && host === host.toLowerCase() && /^[1-9]\d{0,8}$/.test(version)
				? `branches/${host}/versions/${version}`
				: null,
		show: async ({ database }, reading, { host = '', version = '' }) =>
			externalPage(reading, host, await externalVersions(database.db, reading.library.id, host), version),
	},
	policy: {
		...{ view: 'policy', with: 'day', of: () => '' },
		file: ({ id = '', version = '' }) =>
			WORD.test(id) && /^[1-9]\d{0,8}$/.test(version) ? `policies/${id}/${version}` : null,
		async show(context, reading, asked) {
			const found = await versionAsked(context, reading.library, asked);
			return policyPage(reading, found.asked, found.versions);
		},
	},
	statements: {
		...{ view: 'statements', file: named('statements/index'), of: whole, with: 'day' },
		async show({ statements, editions, minimumPopulation }, reading) {
			const newest = await statements.list(reading.library, { limit: SHOWN });
			const { finder } = await editions.now(reading.library);
			const count = finder.find({}).length;
			const hidden = hidesSome(minimumPopulation, reading.library);
			return statementsPage(reading, newest, { count, finder, hidden });
		},
	},
	found: FOUND,
	statement: {
		...{ view: 'statement', with: 'year' },
		file: ({ id = '' }) => (UUID.test(id) ? `statements/${id}` : null),
		of: ({ id = '' }, edition) => edition.entry(id),
		show: showEntry,
	},
	council: {
		...{ view: 'council', of: whole, with: 'day' },
		file({ quarter = '' }, { firstYear }) {
			if (quarter === '') return 'council/index';
			// What was before there was anything has an address, too, and no file.
			return firstYear !== null && Number(quarter.slice(0, 4)) >= firstYear && WORD.test(quarter)
				? `council/${quarter}`
				: null;
		},
		show: (context, reading, { quarter = '' }) => councilData(context, reading, quarter),
	},
	audits: {
		...{ view: 'audits', file: named('audits/index'), of: whole, with: 'day' },
		async show({ statements, logs }, reading) {
			const { library } = reading;
			const draws = await statements.draws(library);
			const years = [...new Set(draws.map(({ log_year }) => log_year))];
			const vkeys = new Map(
				await Promise.all(years.map(async (year) => [year, await logs.vkey(library, year)] as const)),
			);
			const acts = await statements.acts(library, { kinds: ['audit'] });
			const drawn = await Promise.all(
				draws.flatMap((draw) => draw.drawn).map((id) => statements.one(library, id)),
			);
			const branchOf = new Map(
				drawn.flatMap((one) =>
					one !== null && typeof one === 'object'
						? [[one.entry.id, { name: branchName(one), origin: one.branch?.origin ?? null }] as const]
						: [],
				),
			);
			return auditsPage(reading, { draws, acts, vkeys, branchOf });
		},
	},
	appeals: chapter('appeals'),
	federation: chapter('federation'),
	requests: chapter('requests'),
	methods: {
		...{ view: 'methods', file: named('methods/index'), of: () => '', with: 'year' },
		show: ({ minimumPopulation }, reading) => methodsPage(reading, minimumPopulation),
	},
	verify: {
		...{ view: 'verify', file: named('verify/index'), with: 'day' },
		of: (_asked, edition, { publisher }, { library }) =>
			`${edition.whole} ${JSON.stringify(publisher.trouble(library))}`,
		show: async (context, reading) =>
			verifyPage(
				...([reading, await shownLogs(context, reading.library), context.publish] as const),
				await shownWitnesses(context, reading.library),
				context.publisher.trouble(reading.library),
			),
	},
	check: {
		...{ view: 'check', file: named('verify/check'), of: whole, with: 'day', script: CHECK_SCRIPT },
		show: async (context, reading) => checkPage(reading, await shownLogs(context, reading.library)),
	},
	data: {
		...{ view: 'data', file: named('data/index'), of: whole, with: 'day' },
		show: async (context, reading) => dataPage(reading, await downloads(context, reading.library)),
	},
} as const satisfies Record<string, SitePage>;

/** `/appeals`, `/federation`, `/requests`. */
function chapter(name: Chapter): SitePage {
	return {
		...{ view: 'chapter', file: named(`${name}/index`), of: whole, with: 'day' },
		show: async ({ statements }, reading) =>
			chapterPage(reading, name, await readChapter(statements, reading.library, name)),
	};
}

/** `/statements/{id}`: a decision; an answer to a server, a version of the rules, an appeal or the sums of a month; or why there is nothing to see. */
async function showEntry(context: Context, reading: Reading, { id = '' }: Asked) {
	const { statements } = context;
	const { library } = reading;
	const found = await statements.one(library, id);
	const unsealed = await statements.unsealed(library, id);
	if (found === 'sealed' && unsealed?.state !== 'published') {
		const back = unsealed && unsealedView(reading, unsealed).back;
		return { title: reading.t('sealed.title'), view: 'sealed', back };
	}
	const act = found === null ? await statements.act(library, id) : null;
	if (act) {
		const year = act.row.log_year ?? 0;
		const texts = await statements.texts([id]);
		return {
			...actPage(reading, act, {
				texts: texts.get(id) ?? new Map<string, string>(),
				log: { origin: logOrigin(library, year) },
			}),
			view: 'act',
		};
	}
	const statement = found === 'sealed' ? unsealed!.statement : await published(context, library, id);
	const [texts, later, appeals, ...about] = await Promise.all([
		// Of a sealed one only what the person affected showed.
		found === 'sealed' ? new Map<string, Map<string, string>>() : statements.texts([id]),
		statements.about(library, id),
		statements.appealsAbout(library, id),
		...statement.entry.refs.map((ref) => statements.one(library, ref)),
	]);
	return statementPage(reading, statement, {
		texts: texts.get(id) ?? new Map<string, string>(),
		refs: about.filter((one) => one !== null && typeof one === 'object'),
		later,
		appeals,
		unsealed,
		log: { origin: logOrigin(library, statement.row.log_year ?? 0) },
	});
}
