import type { Check } from './check.ts';

const WRONG = {
	unchecked: 'Nobody has checked it yet.',
	old: 'It was checked more than 90 days ago.',
	term_over: 'The term is over.',
	broken: 'It does not work.',
} as const;

/** Contacts on public pages that somebody has to look at. */
export const checkContacts: Check = async ({ api, library: { slug } }) => {
	const { items } = await api.call('listContacts', { params: { library: slug } });
	return items.flatMap(({ state, name, role }) =>
		state === 'checked'
			? []
			: [
					{
						where: slug,
						wrong: `${name ?? role}, whom the public pages name: ${WRONG[state]}`,
						mend: 'Look at it in the console, at Whom to turn to.',
					},
				],
	);
};
