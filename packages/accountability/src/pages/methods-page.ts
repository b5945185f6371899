import { FEWEST } from '@understory/core/statement.ts';
import type { Reading } from './reading.ts';

/** What the page answers, in its order: where the numbers come from, how they are made, and what nobody can know from them. */
const QUESTIONS = [
	'source',
	'decision',
	'time',
	'median',
	'shares',
	'few',
	'small',
	'request',
	'cannot',
] as const;

/** `/methods`: how the site counts, and what it cannot tell. `least` is how many people a branch has to have for its decisions to be shown one by one. */
export function methodsPage({ t, library }: Reading, least: number) {
	const { register } = library;
	const small = t(least > 0 ? 'methods.small_text' : 'methods.small_none', { count: least });
	const totals = register.branches.filter((branch) => branch.totals_only !== undefined);
	return {
		title: t('methods.title', { library: register.library.name }),
		sections: QUESTIONS.map((question) => ({
			id: question,
			heading: t(`methods.${question}`),
			text: question === 'small' ? small : t(`methods.${question}_text`, { few: FEWEST, zone: library.zone }),
		})),
		totals: totals.map(({ name, origin }) => ({ name, href: `/branches/${new URL(origin).host}` })),
	};
}
