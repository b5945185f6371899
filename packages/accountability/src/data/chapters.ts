import type { Library } from '../registers.ts';
import type { Act } from './act.ts';
import type { Statements } from './read-statements.ts';
import type { Statement } from './statement.ts';

/** What the site tells apart and on a page of its own, `/<its name>`, with two feeds. */
export const CHAPTERS = ['appeals', 'federation', 'requests'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** Who asks with an authority that patrons have not: their requests are counted by themselves (reference/accountability.md 3.5). */
export const REQUESTERS: readonly Statement['entry']['source'][] = ['official_request', 'legal_order'];

/** Published entries, the newest first. */
export interface Told {
	readonly statements: readonly Statement[];
	readonly acts: readonly Act[];
}

/** All that is published of a chapter. */
export async function readChapter(statements: Statements, library: Library, chapter: Chapter): Promise<Told> {
	if (chapter === 'requests') {
		const all = await statements.list(library);
		const acts = await statements.acts(library, { kinds: ['official_request'] });
		return { statements: all.filter(({ entry }) => REQUESTERS.includes(entry.source)), acts };
	}
	const kinds = chapter === 'appeals' ? ['appeal', 'appeal_outcome'] : ['federation'];
	return { statements: [], acts: await statements.acts(library, { kinds }) };
}
