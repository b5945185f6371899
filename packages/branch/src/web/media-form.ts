import { BadInput, type Fault, PublicError } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import {
	describe,
	dropUpload,
	LONGEST_DESCRIPTION,
	MOST_MEDIA,
	ownUpload,
	takeUpload,
} from '../services/uploading.ts';
import type { Person } from '../store/people.ts';
import { filesOf } from './multipart.ts';
import { field, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** What a form brought of files: those that are for the post, and what is wrong with them. */
export interface MediaIn {
	readonly ids: readonly number[];
	readonly faults: readonly Fault[];
}

/**
 * Takes the files of a form, with the words for each. Files that were taken stay with the form when something else is wrong, so nobody sends
 * them twice. Words that are missing are asked for once.
 */
export async function mediaIn(web: Web, visit: Visit, person: Person): Promise<MediaIn> {
	const { context } = web;
	const ids: number[] = [];
	const faults: Fault[] = [];
	const guard = async (name: string, act: () => Promise<void> | void) => {
		try {
			await act();
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const text = error instanceof BadInput ? (error.faults[0]?.text ?? 'media_broken') : error.code;
			faults.push({ field: name, text });
		}
	};
	for (let n = 1; n <= MOST_MEDIA; n += 1) {
		const id = parseId(field(visit, `media_${n}`));
		if (id === null) continue;
		ownUpload(context, person, id);
		if (field(visit, `drop_${id}`) === 'yes') {
			dropUpload(context, person, id);
			continue;
		}
		ids.push(id);
		await guard(`alt_${id}`, () => describe(context, person, id, field(visit, `alt_${id}`)));
	}
	const files = filesOf(visit.response);
	for (const path of files) {
		await guard('file', async () => {
			if (ids.length >= MOST_MEDIA) {
				throw new BadInput('Four files are the most.', [{ field: 'file', text: 'media_most' }]);
			}
			const { id } = await takeUpload(context, person, path);
			ids.push(id);
			const words = field(visit, 'description');
			if (files.length === 1) await guard(`alt_${id}`, () => describe(context, person, id, words));
		});
	}
	return { ids, faults: [...faults, ...missingWords(web, visit, person, ids)] };
}

function missingWords(web: Web, visit: Visit, person: Person, ids: readonly number[]): Fault[] {
	if (field(visit, 'asked') === 'yes') return [];
	return ids
		.filter((id) => ownUpload(web.context, person, id).description === '')
		.map((id) => ({ field: `alt_${id}`, text: 'media_words' }));
}

/** The files of a composer that was sent back, with a field for words beside each. */
export function mediaFields(web: Web, person: Person | null, ids: readonly number[]) {
	if (!person) return [];
	return ids.map((id, at) => {
		const media = ownUpload(web.context, person, id);
		const { kind, description } = media;
		return {
			id,
			n: at + 1,
			picture: kind === 'picture',
			src: `/media/${id}.${media.file?.split('.').at(-1) ?? 'bin'}`,
			name: `alt_${id}`,
			drop: `drop_${id}`,
			description,
			longest: LONGEST_DESCRIPTION,
		};
	});
}
