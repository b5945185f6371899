import type { Check } from './check.ts';

/** Libraries whose log nobody else watches. */
export const checkWitnesses: Check = async ({ library: { slug, witnesses } }) =>
	witnesses.length > 0
		? []
		: [
				{
					where: slug,
					wrong: 'No witness signs its log, so it could show one history to some and another to others.',
					mend: 'Ask somebody outside to run understory witness, and name their key and address in the library’s witnesses.',
				},
			];
