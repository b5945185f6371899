import { dateIn } from '@understory/core/calendar.ts';
import { NotFound } from '@understory/core/errors.ts';
import { parseQuarter, quarterOfDay } from '@understory/core/quarters.ts';
import { ACTIONS } from '@understory/core/rule.ts';
import { STATEMENT_KINDS } from '@understory/core/statement.ts';
import { addressOf, type Choice, PARTS, type Part, parseChoice } from '../data/choice.ts';
import type { Finder } from '../data/finder.ts';
import { numberedPages, pageOf } from '../data/paging.ts';
import { foundPage } from '../pages/found-page.ts';
import type { Library } from '../registers.ts';
import type { SitePage } from './pages.ts';

/**
 * The decisions of a choice. By one part, and by branch and quarter, they are kept as files; other choices are made when somebody asks, since
 * there are more of them than decisions.
 */
export const FOUND: SitePage = {
	...{ view: 'found', with: 'year' },
	file({ choice: path = '' }, { finder }) {
		const asked = parseChoice(path);
		if (asked === null || !PLAIN.test(path) || !isKept(asked.choice)) return null;
		const count = finder.find(asked.choice).length;
		// What has no decision is not written down, or anybody could fill the disk with names.
		if (count === 0 || (asked.page ?? 0) > numberedPages(count)) return null;
		return `statements/${path}${asked.page === null ? '/index' : ''}`;
	},
	path: ({ choice = '' }) => `/statements/${choice.split('/').map(encodeURIComponent).join('/')}`,
	of({ choice: path = '' }, { finder }) {
		const { choice, page } = parseChoice(path)!;
		const count = finder.find(choice).length;
		return page === null ? String(count) : page === numberedPages(count) ? 'newest' : 'older';
	},
	async show({ editions, statements, minimumPopulation, clock }, reading, { choice: path = '' }) {
		const { library } = reading;
		const { finder } = await editions.now(library);
		const asked = parseChoice(path);
		const today = dateIn(library.zone, clock.now());
		const named = asked && PARTS.every((part) => isThere(library, finder, today, part, asked.choice[part]));
		const found = asked ? finder.find(asked.choice) : [];
		const shown = named ? pageOf(found, asked.page) : null;
		if (!asked || shown === null) throw new NotFound('There is no such list of decisions.');
		return foundPage(
			reading,
			asked,
			{
				...{ finder, count: found.length },
				shown: await statements.some(
					library,
					shown.map(({ id }) => id),
				),
			},
			hidesSome(minimumPopulation, library),
		);
	},
};

/** Are there decisions that are counted and not shown? */
export function hidesSome(minimumPopulation: number, { register }: Library): boolean {
	return minimumPopulation > 0 || register.branches.some((branch) => branch.totals_only !== undefined);
}

/** Every choice that has files: each value of each part, and each branch by quarters. */
export function* keptChoices(finder: Finder): Generator<Choice> {
	for (const part of PARTS) {
		for (const [value] of finder.counts(part)) {
			const choice: Choice = { [part]: value };
			if (!PLAIN.test(addressOf(choice).slice(1))) continue;
			yield choice;
			if (part !== 'branch') continue;
			for (const [quarter] of finder.counts('quarter', choice)) yield { ...choice, quarter };
		}
	}
}

const PLAIN = /^[\w.:/-]{1,300}$/;

function isKept(choice: Choice): boolean {
	const named = Object.keys(choice).join(' ');
	return PARTS.some((part) => named === part) || named === 'branch quarter';
}

/** Is there such a branch, rule, act or quarter, with decisions or without? */
function isThere(
	library: Library,
	finder: Finder,
	today: string,
	part: Part,
	value: string | undefined,
): boolean {
	if (value === undefined || finder.counts(part).has(value)) return true;
	const { branches, policies } = library.register;
	if (part === 'branch') return branches.some(({ origin }) => new URL(origin).host === value);
	if (part === 'rule')
		return policies.some(({ id, rules }) => rules.some((rule) => `${id}/${rule.id}` === value));
	if (part === 'act') return [...ACTIONS, ...STATEMENT_KINDS.slice(1)].some((act) => act === value);
	return parseQuarter(value) !== null && value <= quarterOfDay(today);
}
