import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Keeps that a conversation is to be made whole, unless that was done since `before`; whether it is new. */
export function askForThread(writing: Writing, thread: number, now: number, before: number): boolean {
	const add =
		'INSERT INTO thread_fetch (thread, asked) VALUES (?, ?) ON CONFLICT (thread) DO UPDATE SET asked = excluded.asked, done = NULL WHERE done IS NOT NULL AND done < ?';
	return writing.run(sql.raw(add, [thread, now, before])) > 0;
}

/** The conversation that waits longest, or undefined. */
export function nextThread(
	reading: Reading,
): { readonly thread: number; readonly asked: number } | undefined {
	return reading.first(sql('thread_fetch').select('thread', 'asked').whereNull('done').orderBy('asked'));
}

/** It was looked at. */
export function finishThread(writing: Writing, thread: number, now: number): void {
	writing.run(sql('thread_fetch').where({ thread }).update({ done: now }));
}

/** Forgets what was looked at before a moment. */
export function sweepThreads(writing: Writing, before: number): void {
	writing.run(sql('thread_fetch').where('done', '<', before).delete());
}

/** What answers this post and came before it takes its place below it, with all that answers that. */
export function joinAnswers(
	writing: Writing,
	post: { readonly id: number; readonly uri: string; readonly thread: number },
): void {
	const orphans = writing.all<{ id: number; thread: number }>(
		written('SELECT id, thread FROM post WHERE reply_uri = ? AND reply_to IS NULL', post.uri),
	);
	for (const orphan of orphans) {
		writing.run(sql('post').where({ id: orphan.id }).update({ reply_to: post.id }));
		writing.run(sql('post').where({ thread: orphan.thread }).update({ thread: post.thread }));
	}
}
