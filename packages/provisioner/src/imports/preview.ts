import { createHash } from 'node:crypto';
import { Conflict } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { Catalog, type Planned } from './catalog.ts';
import { type RowResult, type Summary, summed, takesNothing } from './outcome.ts';
import { type ImportFile, rowsOf, surveyOf } from './read-file.ts';
import { roomOf } from './room.ts';

/** What taking in a file would do now. */
export interface Preview {
	readonly results: readonly RowResult[];
	readonly summary: Summary;
	/** Of the file and of all that is planned: what is confirmed with it is this plan and no other. */
	readonly digest: string;
}

/** Says what taking in a file would do, and does nothing. Throws `BadInput` for a file that cannot be read to its end. */
export async function previewOf(context: Context, file: ImportFile): Promise<Preview> {
	const facts = await surveyOf(file);
	const catalog = await Catalog.load(context, facts, file.of ?? null);
	if (file.of) catalog.limitTo(await roomOf(context.database, file.of));
	const planned: Planned[] = [];
	for await (const row of (await rowsOf(file)).rows) planned.push(catalog.plan(row));
	planned.push(...catalog.missing());
	const results = planned.map(({ result }) => result);
	const plan = createHash('sha256');
	for (const { result, was } of planned) plan.update(JSON.stringify([result, was]));
	const digest = `${fileDigest(file)}-${plan.digest('hex').slice(0, 32)}`;
	return { results, summary: summed(results), digest };
}

/**
 * Throws `Conflict` with a sentence when what was confirmed is another file, or another plan than the platform calls for now; and when nothing of the
 * file is taken in, so that there is nothing to confirm.
 */
export function refuseOtherPlan(confirmed: string, file: ImportFile, now: Preview): void {
	if (confirmed === now.digest) {
		if (!takesNothing(now.summary)) return;
		const sentence = 'Nothing of this file would be taken in: each of its rows is refused or passed over.';
		throw new Conflict(sentence, 'takes_nothing');
	}
	throw new Conflict(
		confirmed.startsWith(`${fileDigest(file)}-`)
			? 'The platform has changed since the preview. Look at a new preview, and confirm that.'
			: 'This is not the file that was looked at. Look at a preview of this one, and confirm that.',
		'another_plan',
	);
}

function fileDigest({ bytes, only, of }: ImportFile): string {
	const hash = createHash('sha256').update(bytes);
	if (of) hash.update(`\0of ${of}`);
	return hash
		.update(`\0${only ? [...only].toSorted().join() : ''}`)
		.digest('hex')
		.slice(0, 32);
}
