import type { BranchContext } from '../../context.ts';
import {
	caseFile,
	dropCaseFiles,
	dropRows,
	HELD,
	keepCaseFile,
	type PackedPost,
	packPost,
	putRows,
} from '../../store/case-files.ts';
import { emojiIn } from '../../store/emoji.ts';
import { changePost, type Post } from '../../store/posts.ts';
import { holdOn } from '../../store/records.ts';
import type { Reading, Writing } from '../../store/store.ts';

/** Name of the part that holds what a post said. */
export const REMOVED_POST = 'post';

/**
 * Moves everything a post says and shows out of the tables and out of `media/` into a file of the case, sealed record by record with the data key (DESIGN 5.3). What is
 * left is that there was one. The caller hides it and calls its copies back.
 */
export function moveToCaseFile(context: BranchContext, writing: Writing, decision: string, post: Post): void {
	const files = copyToCaseFile(context, writing, decision, post, '');
	dropRows(writing, post.id);
	const nothing = { content_html: '', source: null, summary: null, title: null, emoji: [] };
	changePost(writing, post.id, nothing);
	writing.afterwards(() => {
		for (const file of files) context.media.remove(context.media.pathOf(file));
	});
}

/** Copies a post as it stands, sealed, for a legal hold. What was moved to the file of the case is there already. */
export function keepHeldCopy(context: BranchContext, writing: Writing, decision: string, post: Post): void {
	if (caseFile(writing, decision, REMOVED_POST) === undefined)
		copyToCaseFile(context, writing, decision, post, HELD);
}

/** Seals what a post says and shows, part by part; the names of its files. */
function copyToCaseFile(
	context: BranchContext,
	writing: Writing,
	decision: string,
	post: Post,
	prefix: string,
): string[] {
	const packed = packPost(writing, post.id);
	const keep = (part: string, text: string) => {
		const name = `${prefix}${part}`;
		const sealed = context.keyring.seal(`case:${decision}:${name}`, text);
		keepCaseFile(writing, { decision, name, sealed, created: context.clock.now() });
	};
	keep(REMOVED_POST, JSON.stringify(packed));
	const files = packed.rows.media.flatMap(({ file }) => (typeof file === 'string' ? [file] : []));
	for (const file of files) {
		const bytes = context.media.read(file);
		if (bytes) keep(file, bytes.toString('base64'));
	}
	return files;
}

/** Puts it back exactly, rows and files, and forgets the file of the case. */
export function moveBack(context: BranchContext, writing: Writing, decision: string, post: Post): void {
	const packed = removedPost(context, writing, decision);
	if (!packed) return;
	for (const { file } of packed.rows.media) {
		const sealed = typeof file === 'string' ? caseFile(writing, decision, file) : undefined;
		if (sealed === undefined) continue;
		const bytes = context.keyring.unseal(`case:${decision}:${file}`, sealed);
		context.media.putBack(String(file), Buffer.from(bytes, 'base64'));
	}
	putRows(writing, packed);
	const { emoji, ...columns } = packed.columns;
	changePost(writing, post.id, { ...columns, emoji: emojiIn(emoji as string | null | undefined) });
	dropCaseFiles(writing, decision);
	if (holdOn(writing, decision)) keepHeldCopy(context, writing, decision, post);
}

/** What a removed post said, for whoever may read the case; undefined when nothing was removed. */
export function removedPost(
	context: Pick<BranchContext, 'keyring'>,
	reading: Reading,
	decision: string,
): PackedPost | undefined {
	return unpack(context, reading, decision, REMOVED_POST);
}

/** What the file of a case keeps of a post: moved there, or copied for a legal hold; undefined when it keeps none. */
export function keptPost(
	context: Pick<BranchContext, 'keyring'>,
	reading: Reading,
	decision: string,
): PackedPost | undefined {
	const moved = removedPost(context, reading, decision);
	return moved ?? unpack(context, reading, decision, `${HELD}${REMOVED_POST}`);
}

function unpack(
	{ keyring }: Pick<BranchContext, 'keyring'>,
	reading: Reading,
	decision: string,
	name: string,
): PackedPost | undefined {
	const sealed = caseFile(reading, decision, name);
	if (sealed === undefined) return undefined;
	return JSON.parse(keyring.unseal(`case:${decision}:${name}`, sealed)) as PackedPost;
}
