import type { BranchContext } from '../../context.ts';
import {
	caseFile,
	dropCaseFiles,
	dropRows,
	keepCaseFile,
	type PackedPost,
	packPost,
	putRows,
} from '../../store/case-files.ts';
import { emojiIn } from '../../store/emoji.ts';
import { changePost, type Post } from '../../store/posts.ts';
import type { Reading, Writing } from '../../store/store.ts';

/** Name of the part that holds what a post said. */
export const REMOVED_POST = 'post';

/**
 * Moves everything a post says and shows out of the tables and out of `media/` into a file of the case, sealed record by record with the data key (DESIGN 5.3). What is
 * left is that there was one. The caller hides it and calls its copies back.
 */
export function moveToCaseFile(context: BranchContext, writing: Writing, decision: string, post: Post): void {
	const packed = packPost(writing, post.id);
	const keep = (name: string, text: string) =>
		keepCaseFile(writing, {
			...{ decision, name, created: context.clock.now() },
			sealed: context.keyring.seal(`case:${decision}:${name}`, text),
		});
	keep(REMOVED_POST, JSON.stringify(packed));
	const files = packed.rows.media.flatMap(({ file }) => (typeof file === 'string' ? [file] : []));
	for (const file of files) {
		const bytes = context.media.read(file);
		if (bytes) keep(file, bytes.toString('base64'));
	}
	dropRows(writing, post.id);
	const nothing = { content_html: '', source: null, summary: null, title: null, emoji: [] };
	changePost(writing, post.id, nothing);
	writing.afterwards(() => {
		for (const file of files) context.media.remove(context.media.pathOf(file));
	});
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
}

/** What a removed post said, for whoever may read the case; undefined when nothing was removed. */
export function removedPost(
	context: Pick<BranchContext, 'keyring'>,
	reading: Reading,
	decision: string,
): PackedPost | undefined {
	const sealed = caseFile(reading, decision, REMOVED_POST);
	if (sealed === undefined) return undefined;
	return JSON.parse(context.keyring.unseal(`case:${decision}:${REMOVED_POST}`, sealed)) as PackedPost;
}
