import { setTags } from '../store/post-tags.ts';
import { forgetVersions } from '../store/post-versions.ts';
import { changePost } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';

/** Takes away everything a post said, ours or a copy; that there was one stays. `at` is UTC milliseconds. */
export function erase(writing: Writing, id: number, at: number): void {
	changePost(writing, id, { deleted: at, content_html: '', source: null, summary: null });
	forgetVersions(writing, id);
	setTags(writing, id, []);
}
