import { Conflict, type Fault, type PublicError } from '@understory/core/errors.ts';
import type { Wording } from '../connector-words.ts';

/**
 * What is wrong with a form, in the reader's words, once for each field: `making.{form}.fault.{field}`. A name that is taken is said at its field. Empty for what is not
 * about a field.
 */
export function shownFaults(
	error: PublicError | undefined,
	form: 'library' | 'branch' | 'place',
	t: Wording,
): Fault[] {
	if (!error) return [];
	if (error instanceof Conflict && error.code === 'slug_taken')
		return [{ field: 'slug', text: t(`making.${form}.taken`) }];
	return [...new Set(error.faults.map(fieldOf))].map((field) => ({
		field,
		text: t.maybe(`making.${form}.fault.${field}`) ?? t('making.long'),
	}));
}

/** The field of a place in the document. Where a branch stands is one question, however many numbers answer it. */
function fieldOf({ field }: Fault): string {
	const [first = '', second] = field.split('.');
	if (first === 'location') return 'north';
	return first === 'address' && second ? second : first;
}
