import { BadInput } from '@understory/core/errors.ts';

/** UTC milliseconds of a moment with its zone: without one, it would be another at the library than where the command runs. Throws `BadInput`. */
export function momentOf(text: string): number {
	const at = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(at)) throw new BadInput(`${text} is no time such as 2027-03-05T18:00Z.`);
	return at;
}
