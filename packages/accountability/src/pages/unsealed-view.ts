import type { Unsealed } from '../data/unsealed.ts';
import type { Reading } from './reading.ts';

/** What the person affected made public, in words; of what was taken back, the month and no more. */
export function unsealedView({ t, date, month }: Reading, { state, on, words }: Unsealed) {
	if (state === 'taken_back') {
		return {
			back: t('unsealed.back', { month: month(on.slice(0, 7)) }),
			said: null,
			missing: false,
			words: [],
		};
	}
	return {
		back: null,
		said: t('unsealed.said', { date: date(on) }),
		missing: words === null,
		words: (words ?? []).map(({ name, value }) => ({
			...{ name, label: t(`unsealed.field.${name}`) },
			lines: value.split(/\n+/).filter((line) => line !== ''),
		})),
	};
}
