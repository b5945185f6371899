import type { BranchContext } from '../context.ts';
import { dropWithheldOfPost } from '../store/made-public.ts';
import { removeMediaOf } from '../store/media.ts';
import { removePoll } from '../store/polls.ts';
import { setTags } from '../store/post-tags.ts';
import { forgetVersions } from '../store/post-versions.ts';
import { changePost } from '../store/posts.ts';
import { forgetQuote } from '../store/quotes.ts';
import type { Writing } from '../store/store.ts';

/** Takes away everything a post said and showed, ours or a copy; that there was one stays. */
export function erase(
	context: Pick<BranchContext, 'clock' | 'media' | 'gone'>,
	writing: Writing,
	id: number,
): void {
	changePost(writing, id, {
		deleted: context.clock.now(),
		content_html: '',
		source: null,
		summary: null,
		title: null,
		emoji: [],
	});
	dropWithheldOfPost(writing, id);
	forgetVersions(writing, id);
	setTags(writing, id, []);
	removePoll(writing, id);
	forgetQuote(writing, id);
	const files = removeMediaOf(writing, id);
	writing.afterwards(() => {
		context.gone();
		for (const file of files) context.media.remove(context.media.pathOf(file));
	});
}
