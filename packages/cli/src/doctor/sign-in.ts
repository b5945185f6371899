import { PublicError } from '@understory/core/errors.ts';
import type { Check, Fault } from './check.ts';

const ALERTS = {
	guessing: 'Somebody guesses cards.',
	catalogue_silent: 'The catalogue does not answer.',
	catalogue_wrong: 'The catalogue answers what it should not.',
	catalogue_lies: 'The catalogue takes cards that it must not take.',
} as const;

/** Sign-in that nobody set up, that is not live, whose last test failed, or that went wrong in the last day. */
export const checkSignIn: Check = async ({ api, library: { slug } }) => {
	const params = { library: slug };
	const fault = (wrong: string, mend: string): Fault => ({ where: slug, wrong, mend });
	const set = `understory sign-in set ${slug} FILE`;
	const kept = await api.call('getSignIn', { params }).catch((error: unknown) => {
		if (error instanceof PublicError && error.status === 404) return error.message;
		throw error;
	});
	if (typeof kept === 'string') return [fault(kept, set)];
	const { settings, report } = kept;
	const { items } = await api.call('listSignInAlerts', { params });
	return [
		...(settings.state === 'live'
			? []
			: [
					fault(
						`Sign-in is not live but ${settings.state}.`,
						`Test it, understory sign-in test ${slug}; then set the state to live in what understory sign-in show ${slug} prints: ${set}`,
					),
				]),
		...(report && !report.ok
			? [fault('The last test of the catalogue failed.', `See which step: understory sign-in test ${slug}`)]
			: []),
		...items
			.filter(({ now }) => now)
			.map(({ kind }) => fault(ALERTS[kind], `understory sign-in alerts ${slug}`)),
	];
};
