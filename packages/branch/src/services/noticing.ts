import type { BranchContext } from '../context.ts';
import {
	type ActNotice,
	addNotice,
	type NoticeKind,
	type OfficeNotice,
	type ParentsNotice,
	type ServerNotice,
	takeBackNotice,
} from '../store/notices.ts';
import type { Writing } from '../store/store.ts';
import { wantsToHear } from './apart.ts';

/** What somebody did that a person of this branch should know. */
export interface News {
	readonly person: number;
	readonly kind: Exclude<
		NoticeKind,
		ActNotice | ServerNotice | 'report_outcome' | ParentsNotice | OfficeNotice | 'quorum' | 'member_suspended'
	>;
	readonly post: number | null;
	/** Actor id of whoever did it. */
	readonly actor: string;
}

/** Tells a person, unless they keep away from whoever did it. That they may read what it is about is the caller's to ask. */
export function notice(context: BranchContext, writing: Writing, news: News): void {
	if (!wantsToHear(context, writing, news.person, news.actor)) return;
	const created = context.clock.now();
	addNotice(writing, { ...news, id: context.ids.next(), decision: null, created, read: null });
}

/** Somebody takes back what they did, so there is nothing to know of any more. */
export function unnotice(writing: Writing, { person, kind, post, actor }: News): void {
	takeBackNotice(writing, { person, kind, post, actor });
}
